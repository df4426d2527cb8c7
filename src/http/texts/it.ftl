# Testi delle pagine. L'italiano è il riferimento: ogni altra lingua ha le stesse chiavi.

language-name = Italiano
language-switch = Lingua
skip-to-content = Vai al contenuto
brand-title = Accesso ai servizi online
footer-help = Assistenza
footer-spid = Cos'è SPID

## Pagine di rifiuto: CODICE-title, CODICE-happened, CODICE-next

refusal-what-now = Cosa puoi fare
refusal-help = Se il problema continua, contatta
refusal-support = l'assistenza
refusal-reference = Codice da comunicare:
action-start = Torna alla pagina iniziale

not-found-title = Pagina non trovata
not-found-happened = L'indirizzo che hai aperto non corrisponde a nessuna pagina.
not-found-next = Controlla l'indirizzo, oppure riparti dalla pagina iniziale.

method-not-allowed-title = Richiesta non prevista
method-not-allowed-happened = Questo indirizzo esiste, ma non può essere aperto in questo modo.
method-not-allowed-next = Riparti dalla pagina iniziale e usa i pulsanti delle pagine.

bad-request-title = Richiesta non comprensibile
bad-request-happened = Abbiamo ricevuto una richiesta che non rispetta il formato previsto e non l'abbiamo elaborata.
bad-request-next = Riparti dalla pagina iniziale. Se sei arrivato qui da un'altra applicazione, torna lì e riprova.

too-large-title = Richiesta troppo grande
too-large-happened = Abbiamo ricevuto più dati di quanti ne servano per accedere e non li abbiamo elaborati.
too-large-next = Riparti dalla pagina iniziale e prova di nuovo ad accedere.

too-slow-title = Tempo scaduto
too-slow-happened = I dati non sono arrivati in tempo, forse per un problema di connessione.
too-slow-next = Controlla la connessione e riprova.

busy-title = Servizio momentaneamente occupato
busy-happened = In questo momento riceviamo troppe richieste e non possiamo elaborare la tua.
busy-next = Aspetta qualche secondo e riprova. I tuoi dati non sono andati persi.

broken-title = Qualcosa non ha funzionato
broken-happened = Per un problema nostro non siamo riusciti a completare l'operazione.
broken-next = Riprova tra qualche minuto. Se succede di nuovo, comunica all'assistenza il codice qui sotto.

## Invio automatico verso un altro sito

post-title = Ti stiamo portando all'accesso
post-going = Tra un attimo si aprirà { $host }, dove continuerai.
post-continue = Continua
post-without-script = Il tuo browser non esegue JavaScript: premi Continua per proseguire.
