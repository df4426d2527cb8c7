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

## Azioni comuni

action-login-again = Torna all'accesso
logout = Esci

# Un momento nel tempo italiano, per esempio: 21 novembre 2026, ore 23:07
moment = { $day } { $month ->
    [m1] gennaio
    [m2] febbraio
    [m3] marzo
    [m4] aprile
    [m5] maggio
    [m6] giugno
    [m7] luglio
    [m8] agosto
    [m9] settembre
    [m10] ottobre
    [m11] novembre
   *[m12] dicembre
 } { $year }, ore { $time }
level = Livello { $level }
level-inline = livello { $level }
method-spid = SPID
method-cie = CIE, carta d'identità elettronica
method-cns = CNS, carta nazionale dei servizi
method-pin = PIN dell'istituto
method-openid = altro accesso riconosciuto dall'istituto
operation-consult = Consultare
operation-request = Fare domanda
operation-provisional = provvisoria

## Pulsante SPID

spid-choose = Scegli il tuo gestore di identità
spid-more = Maggiori informazioni
spid-none-yet = Non hai SPID?
spid-help = Serve aiuto?
spid-none = In questo momento nessun gestore di identità può farti accedere al livello richiesto.
spid-not-offered = Questi gestori non compaiono nell'elenco perché non arrivano al livello richiesto:

## Pagina iniziale

welcome-title = Accedi ai servizi
welcome-lead = Con la tua identità digitale entri una volta sola e usi tutti i servizi online di { $organization }.
welcome-how = Come funziona
welcome-step-1 = Premi Entra con SPID e scegli il tuo gestore di identità.
welcome-step-2 = Accedi sul suo sito: le tue credenziali restano tra te e il gestore.
welcome-step-3 = Torni qui e apri i servizi.
welcome-services = Che cosa puoi fare dopo l'accesso

## Accesso

login-title = Accedi
login-for = Per aprire il servizio
login-level-1 = Serve un accesso di livello 1 o superiore: nome utente e password.
login-level-2 = Serve un accesso di livello 2 o superiore: oltre alla password, un codice temporaneo o la app del tuo gestore di identità.
login-level-3 = Serve un accesso di livello 3, il più alto: oltre alla password, un dispositivo sicuro come una smart card.
login-step-up = Hai già effettuato l'accesso con il livello { $has }. Per continuare serve il livello { $level }: accedi di nuovo, con la stessa identità.
login-expired = Avevi fatto un accesso di livello { $level }, ma è passato del tempo: ormai conta come livello { $has }. Confermalo di nuovo, con la stessa identità.
login-repeat = Hai già effettuato l'accesso, ma per continuare devi confermare la tua identità ancora una volta.
login-methods = Puoi accedere con: { $methods }.
login-other-method = Hai già fatto l'accesso, ma in un modo diverso da quelli che questo servizio accetta. Accedi di nuovo con uno di questi, come la stessa persona.
login-cancel = Annulla e torna all'applicazione

## Area personale

portal-title = La tua area
portal-hello = Ciao, { $name }
portal-who = Chi sei per noi
portal-fiscal-code = Codice fiscale
portal-proofs = Come lo hai dimostrato
portal-counts-no-more = Non conta più
portal-counts = Conta come livello { $level } fino al { $until }
portal-open = Servizi che puoi aprire adesso
portal-nothing-open = Con il livello del tuo accesso per ora non si apre nessun servizio.
portal-further = Con un accesso di livello { $level }
portal-further-by = Con un accesso di livello { $level } con: { $methods }
portal-further-again = Con un nuovo accesso di livello { $level }
portal-further-how = Questi servizi si aprono con un passo in più. L'accesso che hai resta valido: basta accedere di nuovo con un livello più alto.
portal-step-up = Accedi con il livello { $level }
portal-closed = Servizi riservati ad altre categorie di utenti

other-person-title = Hai cambiato persona
other-person-now = Ora hai effettuato l'accesso come { $name }.
other-person-closed = Con questo browser era collegata un'altra persona: il suo accesso è stato chiuso, e le sue applicazioni non hanno più accesso. Il suo gestore di identità può tenerla collegata sul proprio sito.
other-person-next = Se questa identità è la tua, continua. Altrimenti esci.
other-person-continue = Continua

## Uscita

logout-title = Vuoi uscire?
logout-client = L'applicazione «{ $name }» vorrebbe farti uscire.
logout-who = Hai effettuato l'accesso come { $name }.
logout-what = Uscendo, chiudi l'accesso a tutti i servizi aperti da qui.
logout-where = Il tuo accesso è aperto anche presso il gestore di identità: { $providers }. Puoi uscire da entrambi o solo da qui.
logout-everywhere = Esci da qui e dal gestore
logout-here = Esci solo da qui
logout-stay = Annulla
logged-out-title = Uscita completata
logged-out-text = Il tuo accesso è stato chiuso.
partly-logged-out-title = Uscita completata solo in parte
partly-logged-out-text = Qui il tuo accesso è chiuso, ma il tuo gestore di identità o un altro servizio non ha confermato l'uscita.
logged-out-advice = Se usi un computer condiviso, chiudi anche tutte le finestre del browser.

## Rifiuti durante l'accesso

openid-request-title = Richiesta non accettata
openid-request-happened = L'applicazione che ti ha mandato qui ha fatto una richiesta che non possiamo accettare. Per proteggerti non ti rimandiamo a un indirizzo che non conosciamo.
openid-request-next = Torna all'applicazione e riprova. Se succede di nuovo, avvisa chi la gestisce e indica il codice qui sotto.

flow-gone-title = Questo accesso non è più valido
flow-gone-happened = È passato troppo tempo, l'accesso è già stato completato, oppure era stato iniziato con un altro browser.
flow-gone-next = Torna al servizio che volevi usare e ricomincia. Un accesso va completato entro 15 minuti, nello stesso browser.

unavailable-title = Servizio momentaneamente non disponibile
unavailable-happened = Per un problema nostro in questo momento non possiamo farti accedere.
unavailable-next = Riprova tra qualche minuto. Non hai sbagliato nulla.

too-many-logins-title = Troppi accessi iniziati
too-many-logins-happened = Dalla tua rete sono appena stati iniziati molti accessi, e per proteggere tutti ne accettiamo un numero limitato al minuto.
too-many-logins-next = Aspetta un minuto e riprova. Se sei in un ufficio con molti utenti, avvisa chi gestisce la rete.

forged-title = Richiesta non confermata
forged-happened = La richiesta non è partita da una nostra pagina aperta in questo browser, quindi non l'abbiamo eseguita.
forged-next = Riparti dalla pagina iniziale e ripeti l'operazione.

denied-unknown-title = Servizio non previsto
denied-unknown-happened = L'applicazione ti ha mandato qui per un servizio o un'operazione che non esiste.
denied-unknown-next = Torna all'applicazione. Se succede di nuovo, avvisa chi la gestisce.

denied-category-title = Servizio riservato ad altri utenti
denied-category-happened = Questo servizio è riservato a una categoria di utenti diversa dalla tua.
denied-category-next = Se pensi che sia un errore, accedi con l'identità adatta (per esempio quella professionale) o contatta l'assistenza.

denied-client-title = Servizio di un'altra applicazione
denied-client-happened = L'applicazione che ti ha mandato qui ha chiesto un servizio che appartiene a un'altra.
denied-client-next = Apri il servizio dalla sua applicazione. Se succede di nuovo, avvisa chi gestisce quella da cui sei arrivato.

denied-archives-title = Non possiamo verificare chi può usare il servizio
denied-archives-happened = Questo servizio è riservato ad alcune categorie di utenti e gli archivi che conoscono la tua in questo momento non rispondono. Non hai sbagliato nulla.
denied-archives-next = Riprova tra qualche minuto.

denied-level-title = Servizio non raggiungibile
denied-level-happened = Per questo servizio serve un livello che nessuno dei modi di accesso disponibili può raggiungere.
denied-level-next = Contatta l'assistenza: ti dirà come usare il servizio in un altro modo.

not-achieved-title = L'accesso non basta
not-achieved-happened = Hai effettuato l'accesso, ma non con il livello o nel modo richiesto dal servizio.
not-achieved-next = Riprova scegliendo un accesso di livello più alto.

## Anomalie SPID (Regole tecniche, tabella delle anomalie)

anomaly-19-title = Troppi tentativi non riusciti
anomaly-19-happened = Il tuo gestore di identità ha interrotto l'accesso: ci sono stati troppi tentativi con credenziali sbagliate.
anomaly-19-next = Riprova con le credenziali giuste. Se non le ricordi, recuperale sul sito del tuo gestore di identità.

anomaly-20-title = Le tue credenziali non bastano
anomaly-20-happened = Le tue credenziali SPID non sono del livello richiesto da questo servizio.
anomaly-20-next = Chiedi al tuo gestore di identità le credenziali del livello necessario, poi accedi di nuovo.

anomaly-21-title = Tempo scaduto
anomaly-21-happened = L'accesso presso il tuo gestore di identità non è stato completato nel tempo previsto.
anomaly-21-next = Accedi di nuovo e completa i passaggi senza lasciar scadere il tempo.

anomaly-22-title = Consenso non dato
anomaly-22-happened = Non hai dato il consenso all'invio dei tuoi dati, che servono per riconoscerti.
anomaly-22-next = Se vuoi usare il servizio, accedi di nuovo e dai il consenso quando il gestore di identità lo chiede.

anomaly-23-title = Identità sospesa o credenziali bloccate
anomaly-23-happened = La tua identità SPID è sospesa o revocata, oppure le tue credenziali sono bloccate.
anomaly-23-next = Contatta il tuo gestore di identità per riattivarle. Puoi anche accedere con un'altra identità.

anomaly-25-title = Accesso annullato
anomaly-25-happened = Hai annullato l'accesso sul sito del tuo gestore di identità.
anomaly-25-next = Se vuoi usare il servizio, torna all'accesso e riprova.

anomaly-30-title = Identità di un altro tipo
anomaly-30-happened = Hai usato un tipo di identità digitale diverso da quello richiesto da questo servizio.
anomaly-30-next = Accedi di nuovo con l'identità adatta: personale, oppure professionale se il servizio è per professionisti o imprese.

anomaly-12-title = Livello non accettato dal gestore
anomaly-12-happened = Il tuo gestore di identità non ha accettato il livello di accesso che abbiamo richiesto (anomalia SPID { $number }). Non hai sbagliato nulla.
anomaly-12-next = Prova con un altro gestore, se ne hai uno. Abbiamo avvisato chi gestisce il servizio.

anomaly-request-title = Accesso non riuscito
anomaly-request-happened = Il tuo gestore di identità non ha potuto elaborare la nostra richiesta (anomalia SPID { $number }). Non hai sbagliato nulla.
anomaly-request-next = Riprova più tardi. Abbiamo avvisato chi gestisce il servizio.

anomaly-other-title = Accesso non completato
anomaly-other-happened = Il tuo gestore di identità non ha completato l'accesso e non ne ha detto il motivo.
anomaly-other-next = Riprova. Se succede di nuovo, chiedi al tuo gestore di identità.

## CIE: il pulsante, gli errori del Ministero (manuale SAML, codici di errore), l'uscita

cie-note = Carta d'identità elettronica: con la carta e il suo PIN, oppure con le credenziali o l'app CieID. Ti portiamo sul sito del Ministero dell'Interno.
cie-not-offered = Con la CIE qui non si arriva al livello richiesto: scegli un altro modo.
cie-not-reachable = In questo momento non riusciamo a collegarci con il Ministero dell'Interno, quindi con la CIE non si può entrare. Scegli un altro modo, o riprova tra qualche minuto.
ministry-name = Ministero dell'Interno (CIE)
ministry-left = Il tuo accesso qui è stato chiuso. Resta aperto quello presso il Ministero dell'Interno: chiudilo se usi un computer condiviso.
action-go-on = Continua
action-ministry-logout = Esci anche dal Ministero
action-cie-instead = Prova con la CIE per un'altra via

cie-level-title = Con la CIE non basta
cie-level-happened = L'accesso con la CIE qui non arriva al livello richiesto.
cie-level-next = Torna all'accesso e scegli un altro modo.

cie-unreachable-title = Accesso con la CIE non disponibile al momento
cie-unreachable-happened = Non riusciamo a collegarci con il Ministero dell'Interno, o a verificare che sia davvero lui. Non hai sbagliato nulla.
cie-unreachable-next = Torna all'accesso e scegli un altro modo, oppure riprova tra qualche minuto.

cie-refused-title = Accesso non riuscito
cie-refused-happened = La risposta del Ministero dell'Interno non ha superato i nostri controlli di sicurezza, quindi non l'abbiamo accettata.
cie-refused-next = Torna all'accesso e riprova. Se succede di nuovo, comunica all'assistenza il codice qui sotto.

cie-error-21-title = Tempo scaduto
cie-error-21-happened = L'accesso con la CIE non è stato completato nel tempo previsto.
cie-error-21-next = Accedi di nuovo e completa i passaggi senza lasciar scadere il tempo: tieni pronti la carta e il PIN.

cie-error-22-title = Consenso non dato
cie-error-22-happened = Non hai dato il consenso all'invio dei tuoi dati, che servono per riconoscerti.
cie-error-22-next = Se vuoi usare il servizio, accedi di nuovo e dai il consenso quando il Ministero dell'Interno lo chiede.

cie-error-23-title = Carta non più valida
cie-error-23-happened = La tua carta d'identità elettronica è scaduta o revocata.
cie-error-23-next = Chiedi una carta nuova al tuo Comune. Intanto puoi accedere in un altro modo.

cie-error-25-title = Accesso annullato
cie-error-25-happened = Hai annullato l'accesso sul sito del Ministero dell'Interno.
cie-error-25-next = Se vuoi usare il servizio, torna all'accesso e riprova.

cie-error-request-title = Accesso non riuscito
cie-error-request-happened = Il Ministero dell'Interno non ha potuto elaborare la nostra richiesta (errore CIE, codice { $number }). Non hai sbagliato nulla.
cie-error-request-next = Riprova più tardi, o accedi in un altro modo. Abbiamo avvisato chi gestisce il servizio.

cie-error-other-title = Accesso non completato
cie-error-other-happened = Il Ministero dell'Interno non ha completato l'accesso e non ne ha detto il motivo.
cie-error-other-next = Riprova. Se succede di nuovo, accedi in un altro modo e avvisa l'assistenza.

## Risposte e scelte SPID non accettate

spid-refused-title = Accesso non riuscito
spid-refused-happened = La risposta del tuo gestore di identità non ha superato i nostri controlli di sicurezza, quindi non l'abbiamo accettata.
spid-refused-next = Torna all'accesso e riprova. Se succede di nuovo, comunica all'assistenza il codice qui sotto.

spid-provider-unknown-title = Gestore non disponibile
spid-provider-unknown-happened = Il gestore di identità scelto non è tra quelli con cui puoi accedere qui.
spid-provider-unknown-next = Torna all'accesso e scegli un gestore dell'elenco.

spid-provider-level-title = Gestore non adatto
spid-provider-level-happened = Il gestore di identità scelto non arriva al livello richiesto per questo accesso.
spid-provider-level-next = Torna all'accesso e scegli un gestore dell'elenco.

upstream-button = Entra con { $provider }

## Risposte OpenID non accettate ({ $provider } è il nome del gestore o del Ministero)

openid-refused-title = Accesso non riuscito
openid-refused-happened = La risposta di { $provider } non ha superato i nostri controlli di sicurezza, quindi non l'abbiamo accettata.
openid-refused-next = Torna all'accesso e riprova. Se succede di nuovo, comunica all'assistenza il codice qui sotto.

openid-denied-title = Accesso annullato
openid-denied-happened = Hai annullato l'accesso, o non hai dato il consenso a comunicarci i tuoi dati. Lo riferisce { $provider }.
openid-denied-next = Se vuoi usare il servizio, torna all'accesso e riprova.

openid-not-done-title = Accesso non completato
openid-not-done-happened = L'accesso non è stato portato a termine: mancava l'autenticazione o il consenso. Lo riferisce { $provider }.
openid-not-done-next = Torna all'accesso e riprova, seguendo tutti i passaggi.

openid-not-now-title = Accesso non disponibile al momento
openid-not-now-happened = In questo momento { $provider } non riesce a farti accedere. Non hai sbagliato nulla.
openid-not-now-next = Riprova tra qualche minuto, oppure torna all'accesso e scegli un altro modo.

openid-our-fault-title = Accesso non riuscito
openid-our-fault-happened = La nostra richiesta non è stata accettata da { $provider }. Non hai sbagliato nulla.
openid-our-fault-next = Torna all'accesso e scegli un altro modo, o riprova più tardi. Abbiamo avvisato chi gestisce il servizio.

openid-unknown-title = Accesso non completato
openid-unknown-happened = L'accesso è stato interrotto, senza un motivo che possiamo spiegarti. Lo riferisce { $provider }.
openid-unknown-next = Torna all'accesso e riprova. Se succede di nuovo, comunica all'assistenza il codice qui sotto.

openid-unreachable-title = Accesso non disponibile al momento
openid-unreachable-happened = Non riusciamo a collegarci con { $provider }, o a verificare che sia davvero chi dice di essere. Non hai sbagliato nulla.
openid-unreachable-next = Torna all'accesso e scegli un altro modo, oppure riprova tra qualche minuto.

openid-level-title = Livello non disponibile
openid-level-happened = Con { $provider } non si arriva al livello richiesto per questo accesso.
openid-level-next = Torna all'accesso e scegli un altro modo.

slo-refused-title = Uscita non confermata
slo-refused-happened = Abbiamo ricevuto un messaggio di uscita che non ha superato i nostri controlli di sicurezza, quindi non l'abbiamo eseguito.
slo-refused-next = Se volevi uscire, apri la pagina iniziale e premi Esci.

## I miei accessi

sessions-title = I tuoi accessi aperti
sessions-lead = Questi sono tutti i punti da cui risulti collegato adesso. Se non ne riconosci uno, chiudilo.
sessions-here = Questo
sessions-started = Dal
sessions-last-seen = Ultimo utilizzo
sessions-place = Luogo
sessions-network = rete { $network }
sessions-place-unknown = sconosciuto
sessions-device-unknown = Dispositivo sconosciuto
sessions-logins = Come hai fatto l'accesso
sessions-end = Chiudi questo accesso
sessions-end-others = Chiudi tutti gli altri
sessions-end-all = Chiudili tutti, anche questo
sessions-provider = Con l'accesso si chiudono anche quelli alle applicazioni. Il tuo gestore di identità può tenerti collegato sugli altri dispositivi: per uscire anche da lì usa il sito del gestore.
sessions-ended-none = Quell'accesso era già chiuso.
sessions-ended-one = Un accesso è stato chiuso.
sessions-ended-many = { $count } accessi sono stati chiusi.

## A page on an application's own host

elsewhere-on = Continua

## Perché un servizio è aperto o chiuso

card-health = Tessera Sanitaria o carta di una Regione
card-professional = carta di un ordine o collegio professionale o di una Camera di commercio
card-public-servant = carta di un'amministrazione per il suo personale
card-other = carta di altro emittente
rule-service-known = Il servizio esiste.
rule-service-unknown = Il servizio non esiste.
rule-operation-offered = Il servizio prevede l'operazione richiesta.
rule-operation-not-offered = Il servizio non prevede l'operazione richiesta.
rule-client-any = Qualunque applicazione può aprirlo.
rule-client-owner = L'ha chiesto l'applicazione a cui appartiene.
rule-client-nobody = È stato chiesto da qui, non da un'applicazione.
rule-client-other = Appartiene a un'applicazione diversa da quella che l'ha chiesto.
rule-category = È per: { $needed }. Tu risulti: { $had }.
rule-category-not-yet = È per: { $needed }. Se lo sei si sa dopo l'accesso.
rule-category-unavailable = È per: { $needed }. Gli archivi che sanno che cosa sei in questo momento non rispondono.
rule-method = Si apre con: { $open }. Hai fatto l'accesso con: { $had }.
rule-method-not-yet = Si apre con: { $open }. Non hai fatto l'accesso.
rule-method-none = Al momento nessun modo di accedere lo apre.
rule-level = Serve il livello { $needed } o superiore. Il tuo accesso conta come livello { $had }.
rule-level-provisionally = Serve il livello { $needed } o superiore. Con il tuo PIN, che conta come livello { $had }, puoi fare una richiesta provvisoria.
rule-level-by-first-half = Serve il livello { $needed } o superiore, ma per questa richiesta basta anche la prima metà del PIN iniziale.
rule-level-not-yet = Serve il livello { $needed } o superiore.
rule-age = L'accesso può risalire al massimo a { $most } fa. Il tuo risale a { $had } fa.
rule-age-any = L'accesso può risalire a qualunque momento, finché conta.
rule-age-not-yet = L'accesso può risalire al massimo a { $most } fa.
outcome-met = Sì.
outcome-provisionally = In via provvisoria.
outcome-by-first-half = Basta anche metà del PIN.
outcome-not-met = No.
outcome-not-yet-known = Ancora da sapere.
explanation-title = Perché
decision-permit = È aperto per te adesso.
decision-provisional = È aperto per te per una richiesta provvisoria. La richiesta sarà lavorata quando il tuo PIN sarà diventato dispositivo.
decision-step-up = Si apre con un altro accesso di livello { $level }, con: { $methods }.
decision-deny = Non è aperto per te.
service-step-up = Accedi per aprirlo
category-citizen = cittadino
category-worker-private = lavoratore del settore privato
category-worker-public = lavoratore pubblico
category-pensioner = pensionato
category-unemployed = disoccupato
category-resident-abroad = residente all'estero senza documento italiano
category-intermediary = intermediario
category-patronato = patronato
category-company = azienda
category-public-body = ente pubblico
category-professional = professionista
category-doctor = medico o azienda sanitaria
category-bank = banca

## Profilo

profile-title = In quale veste vuoi agire?
profile-lead = Nei nostri archivi hai più di un profilo. Agisci in uno per volta: quello che scegli vale per i servizi che apri da adesso.
profile-only = Nei nostri archivi hai un solo profilo.
profile-personal = Per te
profile-current = In uso
profile-closed = Con questo profilo il servizio che hai chiesto non si apre.
profile-choose = Continua così
profile-later = Puoi cambiare profilo in ogni momento dalla tua area, senza accedere di nuovo.
profile-again = Scegli il profilo
profile-as = Profilo
profile-change = Cambia profilo

profile-unavailable-title = I tuoi profili non sono disponibili
profile-unavailable-happened = Gli archivi che conoscono i tuoi profili in questo momento non rispondono. Non hai sbagliato nulla.
profile-unavailable-next = Riprova tra qualche minuto.

profile-gone-title = Il profilo non è più tuo
profile-gone-happened = Il profilo che hai scelto non risulta più nei nostri archivi.
profile-gone-next = Scegline un altro. Se pensi che sia un errore, contatta l'assistenza.

portal-unavailable = Gli archivi che conoscono i tuoi profili in questo momento non rispondono: finché non tornano, i servizi restano chiusi. Riprova tra qualche minuto.

## Login with a card

cns-note = Carta Nazionale dei Servizi, tessera sanitaria TS-CNS o carta professionale. Inserisci la carta nel lettore prima di premere; il browser ti chiederà quale certificato usare e il PIN della carta.
cns-old = Il browser dà un errore? Prova l'accesso per carte meno recenti.
action-card-again = Riprova con la carta
action-old-card = Prova l'accesso per carte meno recenti
action-other-way = Entra in un altro modo

card-none-title = Non abbiamo visto la tua carta
card-none-happened = Il browser non ci ha mandato nessun certificato: la carta non è nel lettore, il suo software non è installato, oppure non hai scelto un certificato.
card-none-next = Controlla che il lettore sia collegato e la carta inserita con il chip nel verso giusto, e che il software della carta sia installato e aperto. Poi chiudi tutte le finestre del browser, perché ricorda la scelta fatta, riaprilo e riprova: quando te lo chiede, scegli il certificato con il tuo codice fiscale e scrivi il PIN della carta.{ $old ->
    [yes] { " " }Se prima hai visto una pagina di errore del browser, prova l'accesso per carte meno recenti.
   *[no] { "" }
}

card-unreadable-title = Non riusciamo a leggere questa carta
card-unreadable-happened = Il certificato che abbiamo ricevuto non ha la forma di quello di una Carta Nazionale dei Servizi.
card-unreadable-next = Se hai più carte o più certificati, chiudi il browser, riaprilo e scegli quello della CNS. Se è l'unico che hai, chiedi aiuto a chi ha emesso la carta, oppure entra in un altro modo.

card-too-old-title = Questa carta è troppo vecchia
card-too-old-happened = Il certificato della carta usa una protezione che oggi non è più considerata sicura, e per questo non possiamo accettarlo.
card-too-old-next = Chiedi una carta nuova a chi l'ha emessa: per la tessera sanitaria, alla tua Regione. Intanto entra in un altro modo.

card-issuer-title = Non conosciamo chi ha emesso questa carta
card-issuer-happened = Il certificato non viene da uno degli enti accreditati per la Carta Nazionale dei Servizi nell'elenco nazionale.
card-issuer-next = Se hai più certificati, chiudi il browser, riaprilo e scegli quello della CNS. Un certificato di un'azienda o di un altro servizio non va bene, anche se ha il tuo nome.

card-not-yet-title = Questa carta non è ancora valida
card-not-yet-happened = La validità del certificato della carta non è ancora cominciata.
card-not-yet-next = Guarda la data di inizio validità nei documenti della carta. Intanto entra in un altro modo.

card-expired-title = Questa carta è scaduta
card-expired-happened = La validità del certificato della carta è finita. La parte sanitaria della tessera può valere ancora: il certificato per i servizi online ha una scadenza propria.
card-expired-next = Chiedi una carta nuova a chi l'ha emessa: per la tessera sanitaria, alla tua Regione. Intanto entra in un altro modo.

card-signature-title = Hai scelto il certificato di firma
card-signature-happened = Sulla carta ci sono due certificati: uno per firmare documenti e uno per entrare nei servizi. Hai scelto il primo.
card-signature-next = Chiudi tutte le finestre del browser, perché ricorda la scelta fatta. Riaprilo, riprova e scegli l'altro certificato: quello di autenticazione, con il tuo codice fiscale nel nome.

card-cie-title = Questa è una Carta d'Identità Elettronica
card-cie-happened = Il certificato è quello di una CIE. Con la CIE si entra in un altro modo, non con questo.
card-cie-next = Torna all'accesso e usa la CIE se è fra i modi proposti, oppure scegline un altro. Se hai anche una CNS, chiudi il browser, riaprilo e scegli il suo certificato.

card-not-cns-title = Questo certificato non è di una CNS
card-not-cns-happened = Viene da un ente accreditato, ma non è il certificato di autenticazione di una Carta Nazionale dei Servizi: può essere di un altro dispositivo o per un altro uso.
card-not-cns-next = Se hai più certificati, chiudi il browser, riaprilo e scegli quello della CNS, con il tuo codice fiscale nel nome. Alcune chiavette di firma contengono un certificato simile, che però non vale come CNS.

card-revoked-title = Questa carta è stata bloccata
card-revoked-happened = Chi ha emesso la carta ne ha revocato o sospeso il certificato: succede quando la carta viene sostituita, smarrita o rubata.
card-revoked-next = Se hai ricevuto una carta nuova, usa quella. Se non l'hai chiesto tu, rivolgiti a chi ha emesso la carta. Intanto entra in un altro modo.

card-revocation-title = Non riusciamo a controllare la carta in questo momento
card-revocation-happened = Prima di accettare una carta verifichiamo che non sia stata bloccata, e in questo momento l'elenco di chi l'ha emessa non è disponibile. La tua carta può essere a posto.
card-revocation-next = Riprova fra qualche minuto, oppure entra in un altro modo.

card-holder-title = Non riusciamo a leggere il codice fiscale dalla carta
card-holder-happened = Il certificato non contiene, dove deve stare, il codice fiscale di una persona. Le carte intestate a un'azienda non vanno bene.
card-holder-next = Usa una carta intestata a te, oppure entra in un altro modo. Se la carta è tua, segnala il problema a chi l'ha emessa.

card-resumed-title = La carta va letta di nuovo
card-resumed-happened = Il browser ha ripreso un collegamento di prima senza chiedere niente alla carta: così non possiamo sapere se la carta è ancora con te.
card-resumed-next = Riprova. Se succede ancora, chiudi tutte le finestre del browser e riaprilo. Un antivirus che controlla i collegamenti sicuri può dare questo problema.

card-ticket-gone-title = Ricomincia l'accesso con la carta
card-ticket-gone-happened = Questo passaggio vale una volta sola e per pochi minuti: è già stato usato, oppure è passato troppo tempo.
card-ticket-gone-next = Torna all'accesso e premi di nuovo Entra con CNS.

card-host-title = Qui si legge la carta
card-host-what = Questo indirizzo serve solo a leggere la Carta Nazionale dei Servizi durante un accesso.
card-host-how = Per entrare, torna alla pagina di accesso e premi Entra con CNS: ti porteremo noi qui.

misdirected-title = Indirizzo sbagliato
misdirected-happened = La richiesta è arrivata a un indirizzo diverso da quello per cui il browser ha aperto il collegamento.
misdirected-next = Chiudi questa pagina e ricomincia dalla pagina di accesso.

## Il secondo passo dopo una carta

second-step-title = Ancora un passo
second-step-sent = Abbiamo inviato un codice di sei cifre al cellulare che finisce per { $ending }. Vale cinque minuti.
second-step-code = Codice ricevuto
second-step-go-on = Continua
second-step-wrong = Il codice non è giusto o è scaduto. Tentativi rimasti: { $left }.
second-step-again-note = Non è arrivato?
second-step-again = Invia un altro codice
second-step-later = Se non arriva, tra { $seconds } secondi puoi chiederne un altro.
second-step-reload = Aggiorna la pagina
second-step-message = { $organization }: il codice per completare l'accesso con la carta è { $code }. Vale 5 minuti. Non dirlo a nessuno.

second-step-no-telephone-title = Non possiamo inviarti il codice
second-step-no-telephone-happened = La tua carta è valida, ma per questo accesso serve anche un codice inviato al tuo cellulare, e nei nostri archivi non c'è.
second-step-no-telephone-next = Accedi in un altro modo, oppure chiedi all'assistenza come comunicare il tuo numero.

second-step-failed-title = Troppi codici sbagliati
second-step-failed-happened = Il codice è stato sbagliato troppe volte, quindi l'accesso non è andato a buon fine.
second-step-failed-next = Ricomincia con la carta: ti invieremo un nuovo codice.

second-step-not-sent-title = Il codice non è partito
second-step-not-sent-happened = La tua carta è valida, ma in questo momento non riusciamo a inviare messaggi. Non hai sbagliato nulla.
second-step-not-sent-next = Riprova tra qualche minuto, oppure accedi in un altro modo.

## Messaggi alle persone: CHIAVE-subject e CHIAVE-text; su carta CHIAVE-letter, dove il codice ha un posto suo

message-closing = Per verificare il tuo PIN, o se non hai fatto tu questa operazione, scrivi nel browser { $address } oppure chiama l'assistenza. Nessuno di noi ti chiederà mai il PIN, né per telefono né con un messaggio.
message-automatic = Questo messaggio viene inviato in automatico: non rispondere.

message-first-half-subject = La prima metà del tuo PIN iniziale
message-first-half-text = la prima metà del tuo PIN iniziale è { $half }. La seconda metà ti arriva separatamente: da sola nessuna delle due serve a nulla. Con entrambe fai il primo accesso entro il { $ends }. Non dirla a nessuno.
message-half-used-subject = La prima metà del tuo PIN è stata usata
message-half-used-text = con la prima metà del tuo PIN iniziale è stata fatta una richiesta che la accetta da sola. Se non sei stato tu, revoca il PIN e chiama il contact center.

message-second-half-subject = La seconda metà del tuo PIN iniziale
message-second-half-text = la seconda metà del tuo PIN iniziale è { $half }. Insieme alla prima, che hai ricevuto separatamente, ti serve per il primo accesso entro il { $ends }. Non dirla a nessuno.
message-second-half-letter = Qui sotto trovi la seconda metà del tuo PIN iniziale. Ti serve insieme alla prima, che hai ricevuto separatamente: da sola nessuna delle due serve a nulla. Fai il primo accesso a { $address } entro il { $ends }: scrivi il codice fiscale e le due metà una dopo l'altra, e la procedura ti darà il tuo PIN di 8 caratteri. Maiuscole e minuscole sono uguali.

message-whole-pin-subject = Il tuo PIN iniziale
message-whole-pin-letter = Qui sotto trovi il tuo PIN iniziale { $grade ->
    [dispositive] dispositivo
   *[ordinary] ordinario
}, di 16 caratteri. Fai il primo accesso a { $address } entro il { $ends }: scrivi il codice fiscale e il PIN iniziale, e la procedura ti darà il tuo PIN di 8 caratteri. Maiuscole e minuscole sono uguali. Se la busta era già aperta quando l'hai ricevuta, chiedi subito che il PIN venga revocato.

message-restore-link-subject = Il collegamento per ripristinare il PIN
message-restore-link-text = per ripristinare il tuo PIN apri { $link } entro il { $ends }. Il collegamento vale una volta sola. Dopo, il PIN di prima non funziona più e le due metà di quello nuovo arrivano a due recapiti diversi. Se non l'hai chiesto tu, non aprirlo: finché nessuno lo apre non cambia nulla.

message-request-taken-subject = Abbiamo ricevuto la tua richiesta di PIN
message-request-taken-text = abbiamo ricevuto la tua richiesta di PIN. Prima di spedirlo dobbiamo controllare l'indirizzo: ti chiameremo noi.
message-request-refused-subject = La tua richiesta di PIN è chiusa
message-request-refused-text = non abbiamo potuto accogliere la tua richiesta di PIN. Motivo: { $reason }
message-issued-ordinary-subject = Il tuo PIN è stato emesso
message-issued-ordinary-text = il tuo PIN ordinario è stato emesso. Ricevi le due metà del PIN iniziale separatamente: ti servono tutte e due per il primo accesso.
message-issued-dispositive-subject = Il tuo PIN dispositivo è stato emesso
message-issued-dispositive-text = il tuo PIN dispositivo è stato emesso e consegnato in busta chiusa da un nostro ufficio.
message-first-access-subject = Hai fatto il primo accesso con il PIN
message-first-access-text = con il primo accesso hai ottenuto il tuo PIN di 8 caratteri. Scade il { $expires }. Il PIN iniziale non serve più.
message-first-access-lasting-subject = Hai fatto il primo accesso con il PIN
message-first-access-lasting-text = con il primo accesso hai ottenuto il tuo PIN di 8 caratteri. Il PIN iniziale non serve più.
message-renewed-subject = Il tuo PIN è stato rinnovato
message-renewed-text = il tuo PIN è stato rinnovato: vale quello nuovo, con gli stessi servizi di prima, fino al { $expires }.
message-renewed-lasting-subject = Il tuo PIN è stato rinnovato
message-renewed-lasting-text = il tuo PIN è stato rinnovato: vale quello nuovo, con gli stessi servizi di prima.
message-will-expire-subject = Il tuo PIN sta per scadere
message-will-expire-text = il tuo PIN scade il { $expires } (mancano { $days } giorni). Se hai SPID o la Carta d'Identità Elettronica usa quelle: non scadono così. Altrimenti dopo la scadenza, al primo accesso, il PIN si rinnova.
message-will-expire-tomorrow-subject = Il tuo PIN scade domani
message-will-expire-tomorrow-text = il tuo PIN scade il { $expires }: manca un giorno. Se hai SPID o la Carta d'Identità Elettronica usa quelle: non scadono così. Altrimenti dopo la scadenza, al primo accesso, il PIN si rinnova.
message-switched-off-subject = Il tuo PIN è stato disattivato
message-switched-off-text = il tuo PIN non è stato usato per troppo tempo ed è stato disattivato. Puoi entrare con SPID o con la Carta d'Identità Elettronica, oppure chiedere il ripristino del PIN.
message-closed-to-strangers-subject = Troppi tentativi con il tuo PIN
message-closed-to-strangers-text = qualcuno ha provato troppe volte a entrare con il tuo codice fiscale e PIN sbagliati. Il PIN funziona ora solo dai dispositivi da cui sei già entrato. Se non ne hai uno, ripristina il PIN.
message-locked-subject = Il tuo PIN è bloccato
message-locked-text = il tuo PIN è stato bloccato per troppi tentativi sbagliati. Per usarlo di nuovo va ripristinato.
message-restore-asked-subject = È stato chiesto il ripristino del tuo PIN
message-restore-asked-text = qualcuno ha chiesto di ripristinare il tuo PIN e abbiamo inviato il collegamento a un tuo recapito. Se non sei stato tu, non aprirlo: il PIN di adesso continua a funzionare.
message-restored-subject = Il tuo PIN è stato ripristinato
message-restored-text = il tuo PIN è stato ripristinato: quello di prima non funziona più e le sessioni aperte sono chiuse. Le due metà di quello nuovo arrivano a due recapiti diversi.
message-revoked-subject = Il tuo PIN è stato revocato
message-revoked-text = il tuo PIN è stato revocato: non funziona più e le sessioni aperte sono chiuse.
message-pair-ended-subject = Il tuo PIN iniziale non vale più
message-pair-ended-text = il tuo PIN iniziale non vale più: è passato troppo tempo, oppure è stato sbagliato troppe volte. Puoi chiederne un altro.
message-conversion-submitted-subject = Abbiamo ricevuto il modulo di conversione
message-conversion-submitted-text = abbiamo ricevuto il modulo firmato per rendere dispositivo il tuo PIN. Un operatore lo controllerà e ti scriveremo l'esito.
message-converted-subject = Il tuo PIN è diventato dispositivo
message-converted-text = il tuo PIN è diventato dispositivo: da adesso puoi anche inviare domande. Quelle già inviate in via provvisoria vengono lavorate.
message-conversion-rejected-subject = Il tuo PIN resta ordinario
message-conversion-rejected-text = non abbiamo potuto rendere dispositivo il tuo PIN. Motivo: { $reason }
message-telephone-pin-subject = Hai creato un PIN telefonico temporaneo
message-telephone-pin-text = hai creato un PIN telefonico temporaneo per farti riconoscere dal Contact center. Vale fino al { $ends }; quello di prima, se c'era, non vale più.
message-contacts-changed-subject = I tuoi recapiti sono cambiati
message-contacts-changed-text = i recapiti collegati al tuo PIN sono stati cambiati. I prossimi messaggi arriveranno a quelli nuovi.

## Il PIN

pin-button = Entra con il PIN dell'istituto
pin-button-note = Sta per essere dismesso: SPID e CIE aprono più servizi.
pin-title = Entra con il PIN
pin-lead = Scrivi il tuo codice fiscale e il tuo PIN.
pin-person = Codice fiscale
pin-pin = PIN
pin-help = Otto lettere e cifre; maiuscole o minuscole non fanno differenza. Se è la prima volta, scrivi le due parti del PIN iniziale una dopo l'altra: sedici caratteri.
pin-go-on = Entra
pin-retired = Il PIN sta per essere dismesso. Con SPID o con la carta d'identità elettronica (CIE) entri in modo più sicuro e apri più servizi.
pin-wrong = Codice fiscale e PIN non corrispondono, oppure questo PIN non può essere usato. Controllali entrambi e riprova. Se non ricordi più il PIN, puoi chiederne uno nuovo.
pin-wrong-person = Il codice fiscale non è giusto: ha sedici lettere e cifre. Controllalo e riprova.
pin-wrong-form = Il PIN ha otto lettere e cifre, quello iniziale sedici. Controllalo e riprova.

pin-wait-title = Aspetta prima di riprovare
pin-wait-happened = Ci sono stati diversi tentativi sbagliati di entrare con questo PIN o da questa rete, tuoi o di qualcun altro. Per proteggerti, il prossimo è possibile tra { $wait }.
pin-wait-next = Aspetta e riprova, oppure entra con SPID, CIE o CNS: lì non c'è da aspettare.
pin-wait-seconds = { $count } secondi
pin-wait-minute = un minuto
pin-wait-minutes = { $count } minuti
action-pin-again = Riprova con il PIN

pin-busy-title = Troppi accessi con il PIN in questo momento
pin-busy-happened = In questo momento moltissime persone stanno entrando con il PIN. Il tuo non è stato controllato, e questo tentativo non conta.
pin-busy-next = Aspetta qualche secondo e riprova, oppure entra con SPID, CIE o CNS.

pin-closed-title = Il PIN non si può più usare
pin-closed-happened = Non hai sbagliato nulla: per la tua categoria di utenti l'accesso con il PIN è finito, oppure non è mai stato previsto.
pin-closed-next = Entra con SPID, CIE o CNS. Se non ne hai ancora uno, puoi chiedere SPID a un gestore o la carta d'identità elettronica al tuo comune.
action-get-spid = Come avere SPID
action-get-cie = Come avere la CIE

pin-first-title = Il tuo nuovo PIN
pin-first-lead = Il PIN iniziale era giusto. Da adesso entri con questo PIN di otto caratteri:
pin-first-note = Finché non premi il pulsante il PIN iniziale resta com'è: se chiudi questa pagina, ricominci da quello.
pin-new-label = Nuovo PIN:
pin-new-keep = Scrivilo adesso e conservalo in un posto sicuro: non lo mostreremo più, e non te lo chiederemo mai per telefono o per e-mail.
pin-new-again = Scrivi il nuovo PIN
pin-new-done = Ho conservato il PIN: entra
pin-new-wrong = Quello che hai scritto non è il PIN che vedevi. Eccone un altro nuovo: conserva questo.

pin-expired-title = Il tuo PIN è scaduto
pin-expired-lead = Il PIN era giusto, ma il suo tempo è finito. Puoi andare avanti in due modi.
pin-better-title = Passa a SPID o alla CIE
pin-better-what = Non scadono ogni pochi mesi, sono più sicuri e aprono i servizi che il PIN non apre.
pin-better-log-in = Entra con SPID, CIE o CNS
pin-better-get-spid = Non ho ancora SPID: come averlo
pin-better-get-cie = Non ho ancora la carta d'identità elettronica: come averla
pin-renew-title = Prendi un nuovo PIN
pin-renew-what = Hai subito un nuovo PIN. Apre gli stessi servizi di prima; non devi fare nessuna richiesta.
pin-renew-go-on = Continua con un nuovo PIN
pin-renewed-lead = Da adesso entri con questo PIN di otto caratteri; quello di prima non funziona più:
pin-renewed-note = Finché non premi il pulsante non cambia nulla: se chiudi questa pagina, ricominci con il PIN scaduto.
## Moduli

form-faults = Controlla questi dati
form-optional = (facoltativo)
form-next = Continua
form-back = Indietro

## PIN: chiederlo online

pin-request-who = Chiedi il PIN
pin-request-birth = I tuoi dati
pin-request-home = Dove vivi
pin-request-contacts = Come possiamo raggiungerti
pin-request-delivery = Quando può arrivare la lettera
pin-request-confirm = Controlla e conferma
pin-request-step = Passo { $number } di { $of }
pin-request-lead = Il PIN serve a chi non può avere SPID o la carta d'identità elettronica. Ti arriva in due metà: la prima subito, con un SMS o un'e-mail, la seconda per posta.
pin-request-ended = Dal 1° ottobre 2020 il PIN si rilascia solo a chi non può avere un'identità digitale. Chi è sotto tutela, curatela o amministrazione di sostegno lo chiede in sede, con chi lo rappresenta.
pin-request-instead = Hai SPID, CIE o CNS? Accedi subito: non ti serve il PIN
pin-request-contacts-lead = Servono almeno un numero di telefono e almeno un indirizzo e-mail o PEC.
pin-request-delivery-lead = La seconda metà del PIN arriva per lettera all'indirizzo di residenza, in due o tre settimane. Scegli quando di solito c'è qualcuno in casa.
pin-request-confirm-lead = Se qualcosa non è giusto, torna indietro: quello che hai scritto resta.
pin-request-confirm-note = Inviando la richiesta confermi che questi sono i tuoi dati. Chi li usa al posto di un'altra persona commette un reato.
pin-request-send = Invia la richiesta
pin-request-done-title = Abbiamo ricevuto la richiesta
pin-request-done = Se i dati corrispondono a quelli dei registri, tra poco ricevi la prima metà del PIN con un SMS, un'e-mail o una PEC, e in due o tre settimane la seconda con una lettera.
pin-request-done-call = Se serve un controllo in più, un operatore del contact center ti telefona al numero che hai indicato.
pin-request-done-had = Se un PIN ce l'avevi già, la richiesta non cambia nulla: se l'hai perso, puoi ripristinarlo.

pin-fiscal-code = Codice fiscale
pin-fiscal-code-hint = 16 caratteri, come sulla tessera sanitaria
pin-fiscal-code-missing = Scrivi il codice fiscale.
pin-fiscal-code-wrong = Questo non è un codice fiscale: controlla i 16 caratteri sulla tessera sanitaria.
pin-country = Paese di residenza
pin-country-missing = Scegli il Paese dove vivi.
pin-group = Perché chiedi il PIN
pin-group-hint = Il PIN si rilascia ancora solo in questi casi.
pin-group-minor = Non ho ancora 18 anni
pin-group-no-document = Non sono cittadino dell'Unione europea e non ho un documento italiano
pin-group-guardianship = Sono sotto tutela, curatela o amministrazione di sostegno
pin-group-missing = Scegli il tuo caso. Se non è tra questi, accedi con SPID, CIE o CNS.
pin-myself = Chiedo il PIN per me
pin-myself-hint = Nessuno può chiedere il PIN per un'altra persona. Genitori e tutori lo chiedono in sede.
pin-myself-missing = Il PIN può chiederlo solo la persona a cui serve.
pin-name = Nome
pin-name-missing = Scrivi il nome.
pin-name-wrong = Il nome è troppo lungo o contiene caratteri che non possiamo leggere.
pin-name-contradicts = Il nome non corrisponde al codice fiscale: scrivi tutti i nomi, come sul documento.
pin-surname = Cognome
pin-surname-hint = Per chi è sposata, il cognome da nubile
pin-surname-missing = Scrivi il cognome.
pin-surname-wrong = Il cognome è troppo lungo o contiene caratteri che non possiamo leggere.
pin-surname-contradicts = Il cognome non corrisponde al codice fiscale: scrivilo per intero, come sul documento.
pin-sex = Sesso
pin-sex-hint = Come risulta dal codice fiscale
pin-sex-female = Femmina
pin-sex-male = Maschio
pin-sex-missing = Scegli il sesso che risulta dal codice fiscale.
pin-sex-contradicts = Il sesso non corrisponde al codice fiscale.
pin-birth-date = Data di nascita
pin-birth-date-hint = Giorno, mese e anno, per esempio 23/7/1975
pin-birth-date-missing = Scrivi la data di nascita.
pin-birth-date-wrong = Questa non è una data di nascita: scrivi giorno, mese e anno, per esempio 23/7/1975.
pin-birth-date-contradicts = La data di nascita non corrisponde al codice fiscale.
pin-birth-date-of-age = Con questa data di nascita hai già 18 anni: torna indietro e scegli un altro caso, oppure accedi con SPID o CIE.
pin-birth-place = Luogo di nascita
pin-birth-place-hint = Il Comune, oppure lo Stato per chi è nato all'estero
pin-birth-place-missing = Scrivi il luogo di nascita.
pin-birth-place-unknown = Non conosciamo questo luogo: scrivi il Comune come sul documento, o lo Stato estero in italiano.
pin-birth-place-contradicts = Il luogo di nascita non corrisponde al codice fiscale.
pin-street = Via e numero civico
pin-street-missing = Scrivi la via e il numero civico.
pin-addition = Altro per trovare la porta
pin-addition-hint = Interno, scala, presso chi
pin-cap = CAP
pin-cap-wrong = Scrivi il CAP: cinque cifre.
pin-comune = Comune
pin-province = Provincia
pin-province-hint = Due lettere, per esempio RM
pin-province-wrong = Scrivi la provincia con due lettere, per esempio RM.
pin-postal-code = Codice postale
pin-city = Città
pin-city-missing = Scrivi la città o il Comune.
pin-city-unknown = Non conosciamo un Comune con questo nome in questa provincia.
pin-region = Regione o Stato federato
pin-line-wrong = Il testo è troppo lungo o contiene caratteri che non possiamo leggere.
pin-mobile = Cellulare
pin-mobile-hint = Con il prefisso internazionale, se non è italiano
pin-mobile-wrong = Questo non è un numero di cellulare. Se è estero, scrivilo con il prefisso, per esempio +41.
pin-landline = Telefono fisso
pin-landline-wrong = Questo non è un numero di telefono. Se è estero, scrivilo con il prefisso, per esempio +41.
pin-telephone-missing = Scrivi almeno un numero di telefono: senza, la richiesta non può continuare.
pin-email = Indirizzo e-mail
pin-email-wrong = Questo non è un indirizzo e-mail.
pin-mail-missing = Scrivi almeno un indirizzo e-mail o PEC: senza, la richiesta non può continuare.
pin-pec = PEC
pin-pec-hint = Posta elettronica certificata, se ce l'hai
pin-pec-same = È lo stesso indirizzo dell'e-mail: la PEC è un'altra casella.
pin-hours = Quando c'è qualcuno in casa
pin-hours-morning = La mattina, dalle 8 alle 13
pin-hours-afternoon = Il pomeriggio, dalle 13 alle 18
pin-hours-evening = La sera, dalle 18 alle 20
pin-hours-missing = Scegli quando può arrivare la lettera.

pin-too-many-title = Troppe richieste
pin-too-many-happened = Da questa connessione sono arrivate molte richieste in poco tempo.
pin-too-many-next = Aspetta qualche minuto e riprova.

## PIN: le vie, il proprio PIN

pin-hub-title = PIN dell'istituto
pin-hub-lead = Il PIN è in dismissione: se puoi avere SPID o la carta d'identità elettronica, usa quelli.
pin-hub-note = Con il PIN si entra con il codice fiscale e otto caratteri. Qui trovi che cosa fare se non ce l'hai ancora, se una delle due metà non è arrivata o se l'hai perso.
pin-hub-instead = Accedi con SPID, CIE o CNS
pin-hub-login = Accedi con il PIN
pin-hub-request = Chiedi il PIN
pin-hub-again = Una metà del PIN non è arrivata
pin-hub-restore = Ho perso il PIN
pin-hub-revoke = Ho perso il PIN e non ho più i contatti che avevo dato
pin-hub-lost = Non hai il PIN, o l'hai perso?
pin-hub-mine = Torna al tuo PIN

pin-restore-title = Ripristina il PIN
pin-restore-lead = Se hai perso il PIN, scrivi due dei contatti che ci avevi dato: uno dev'essere un'e-mail o una PEC. Lì ti mandiamo un collegamento, e ai due contatti le due metà di un PIN nuovo.
pin-restore-note = Il ripristino vale per un PIN usato almeno una volta. Un PIN mai usato si revoca e si chiede di nuovo.
pin-restore-send = Invia il collegamento
pin-restore-two = Servono due contatti, uno dei quali un'e-mail o una PEC.
pin-restore-sent-title = Controlla la tua posta
pin-restore-sent = Se i dati corrispondono a quelli di un PIN già usato, ti abbiamo mandato un collegamento. Vale 24 ore e una volta sola.
pin-restore-sent-not = Se non arriva, controlla i contatti che hai scritto. Se non hai più quelli che ci avevi dato, revoca il PIN con la tessera sanitaria.
pin-restore-followed = Premendo il pulsante, il PIN vecchio smette subito di valere e si chiudono gli accessi fatti con quello. Le due metà del nuovo vanno ai due contatti che hai indicato.
pin-restore-now = Ripristina il PIN
pin-restore-again = Chiedi un altro collegamento
pin-restored-title = Il PIN è stato ripristinato
pin-restored = Il PIN vecchio non vale più. Le due metà del nuovo sono in arrivo ai due contatti.
pin-restored-next = Quando le hai tutte e due, accedi con i 16 caratteri: ti daremo il PIN di otto.
pin-link-gone-title = Il collegamento non vale
pin-link-gone-happened = Il collegamento è scaduto, è già stato usato, oppure non è per questo codice fiscale.
pin-link-gone-next = Controlla il codice fiscale e l'ultima e-mail che ti abbiamo mandato, oppure chiedi un altro collegamento.

pin-revoke-title = Revoca il PIN
pin-revoke-lead = Se hai perso il PIN e non hai più i contatti che ci avevi dato, revocalo con il numero della tua tessera sanitaria. Poi potrai chiederne un altro.
pin-revoke-note = La revoca vale subito e non si annulla: si chiudono anche gli accessi fatti con il PIN.
pin-revoke-now = Revoca il PIN
pin-health-card = Numero della tessera sanitaria
pin-health-card-hint = Le 20 cifre sul retro, che cominciano per 80380
pin-health-card-missing = Scrivi il numero della tessera sanitaria.
pin-health-card-wrong = Questo non è il numero di una tessera sanitaria: sono 20 cifre e cominciano per 80380.
pin-health-card-unknown = Il numero non corrisponde a questo codice fiscale. Se la tessera è nuova, riprova tra qualche giorno o vai in sede.
pin-revoked-title = Il PIN è revocato
pin-revoked = Non c'è più nessun PIN valido con questo codice fiscale.
pin-revoked-next = Per i servizi online usa SPID, CIE o CNS. Se non puoi averli, chiedi un altro PIN.

pin-again-title = Una metà del PIN non è arrivata
pin-again-lead = Possiamo mandarti di nuovo la prima metà, oppure una lettera nuova: con la lettera cambia anche la prima metà.
pin-again-what = Che cosa non è arrivato
pin-again-first = Manda di nuovo la prima metà
pin-again-letter = Manda una lettera nuova
pin-again-what-missing = Scegli che cosa mandare.
pin-again-contact = Scrivi uno dei contatti che hai dato con la richiesta.
pin-again-note = Scrivi almeno uno dei contatti che hai dato con la richiesta. Quello che mandiamo va sempre ai contatti e all'indirizzo della richiesta.
pin-again-send = Invia
pin-again-sent-title = Richiesta ricevuta
pin-again-sent = Se i dati corrispondono a un PIN che aspetta il primo accesso, te lo abbiamo mandato.
pin-again-sent-limits = La prima metà di una coppia viene inviata di nuovo poche volte, non di più. Le lettere sono al massimo quattro in trenta giorni, a un giorno l'una dall'altra. Se il tempo delle due metà è passato, serve una lettera nuova.

pin-mine-title = Il tuo PIN
pin-mine-sent = È in arrivo ai contatti e all'indirizzo della richiesta.
pin-mine-no-letter = Una lettera nuova si può chiedere dal { $when }.
pin-mine-revoke = Revocare il PIN
pin-mine-revoke-lead = Se non ti serve più, o se qualcuno può averlo visto, revocalo: smette subito di valere.
pin-status-none = Non hai un PIN.
pin-status-initial = Il tuo PIN aspetta il primo accesso: servono le due metà.
pin-status-pair-ended = Le due metà del tuo PIN non valgono più. Se non l'hai mai usato, chiedi una lettera nuova; altrimenti ripristinalo.
pin-status-working = Il tuo PIN è attivo.
pin-status-expired = Il tuo PIN è scaduto: al prossimo accesso con il PIN te ne diamo un altro, con lo stesso grado.
pin-status-switched-off = Il tuo PIN è disattivato, perché non è stato usato per sei mesi: ripristinalo se ti serve.
pin-status-locked = Il tuo PIN è bloccato per i troppi tentativi sbagliati: ripristinalo se ti serve.
pin-status-revoked = Il tuo PIN è stato revocato.
pin-grade = Grado
pin-grade-ordinary = Ordinario: per consultare
pin-grade-dispositive = Dispositivo: anche per fare domande
pin-fact-halves = Le due metà valgono fino al
pin-fact-expires = Scade il
pin-fact-used = Ultimo accesso
pin-telephone-title = PIN telefonico temporaneo
pin-telephone-lead = Serve a farti riconoscere dal contact center quando telefoni. Non apre nessun servizio online.
pin-telephone-made = Il tuo PIN telefonico è
pin-telephone-once = Scrivilo adesso: non te lo mostreremo più.
pin-telephone-until = Hai un PIN telefonico, valido fino al { $when }.
pin-telephone-end = Annulla il PIN telefonico
pin-telephone-ended = Il PIN telefonico non vale più.
pin-telephone-term = Per quanto tempo deve valere
pin-term-day = Un giorno
pin-term-week = Una settimana
pin-term-month = Un mese
pin-term-three-months = Tre mesi
pin-telephone-make = Crea un PIN telefonico
pin-telephone-replaces = Quello che hai adesso smette di valere.
pin-telephone-needs = Per crearne uno serve un accesso con SPID, CIE o CNS.
pin-telephone-login-title = Serve un altro accesso
pin-telephone-login-happened = Il PIN telefonico si crea solo con un accesso fatto con SPID, CIE o CNS, e quello che hai non basta o non conta più.
pin-telephone-login-next = Accedi di nuovo con SPID, CIE o CNS.
pin-not-now-title = Non è possibile adesso
pin-not-now-happened = Il tuo PIN non è, o non è più, in uno stato in cui si può fare.
pin-not-now-next = Torna al tuo PIN e guarda che cosa si può fare.

document-kind = Documento
document-identity-card = Carta d'identità
document-driving-licence = Patente di guida
document-passport = Passaporto
document-number = Numero del documento
document-issuer = Rilasciato da
document-issuer-hint = Il comune, la prefettura, la motorizzazione o la questura, come c'è scritto sul documento.
document-expires = Scade il
document-expires-hint = Per esempio 23/7/2031. Vale l'ultimo giorno scritto sul documento.
document-kind-missing = Scegli quale documento hai.
document-number-missing = Scrivi il numero del documento.
document-issuer-missing = Scrivi chi ha rilasciato il documento.
document-expires-missing = Scrivi la data di scadenza con giorno, mese e anno.
document-expired = Il documento è scaduto: usane uno valido.

convert-title = Da PIN ordinario a dispositivo
convert-step-one = Passo 1 di 2
convert-step-two = Passo 2 di 2
convert-lead = Con il PIN dispositivo puoi anche fare domande. Per averlo firmi un modulo e ci mandi una copia del tuo documento.
convert-look = Controlla i dati che abbiamo e dicci quale documento hai.
convert-confirm = I dati personali, l'indirizzo e i contatti qui sopra sono giusti
convert-confirm-missing = Conferma che i dati sono giusti. Se non lo sono, vai in una sede con un documento.
convert-wrong-data = Se un dato è sbagliato, non andare avanti: si corregge in una sede, con un documento.
convert-go = Prepara il modulo
convert-form-title = Il modulo da firmare
convert-download-lead = Scarica il modulo. Ha un codice che lo lega alla tua richiesta:
convert-download = Scarica il modulo (PDF)
convert-sign = Stampalo, scrivi la data e firmalo.
convert-copy = Fai una copia, fronte e retro, di questo documento:
convert-send-lead = Mandaci il modulo firmato e la copia del documento in un solo file PDF.
convert-bounds = Può avere al massimo { $pages } pagine e { $megabytes } MB.
convert-file = Il file PDF
convert-send = Manda la richiesta
convert-until = Il modulo si può mandare fino al { $when }.
convert-other-document = Usa un altro documento: il modulo cambia
convert-waits-title = La tua richiesta è arrivata
convert-came = Il modulo firmato è arrivato il { $when }.
convert-waits = Due operatori lo guardano e decidono. Intanto il tuo PIN ordinario continua a valere.
convert-waits-mail = Appena è deciso ti scriviamo ai tuoi contatti.
convert-raised-title = Il tuo PIN è dispositivo
convert-raised = Adesso puoi anche fare domande. Il PIN è rimasto lo stesso.
convert-raised-next = Quello che avevi presentato con riserva viene lavorato: lo abbiamo detto noi a chi lo ha ricevuto.
convert-login-title = Serve un accesso con il PIN
convert-login-happened = Il PIN ordinario si converte da qui solo dopo un accesso fatto con quel PIN.
convert-login-next = Accedi con il PIN. Se hai SPID, CIE o CNS non ti serve: puoi già fare domande.
convert-login-pin = Accedi con il PIN
convert-login-other = Accedi in un altro modo

upload-missing = Scegli il file PDF da mandare.
upload-too-large = Il file è troppo grande. Riduci la qualità della scansione e riprova.
upload-not-pdf = Il file non è un PDF. Unisci modulo e documento in un solo PDF e riprova.
upload-unreadable = Il PDF non si può leggere. Salvalo di nuovo con «Stampa in PDF» e riprova.
upload-encrypted = Il PDF è protetto da una password. Salvalo senza e riprova.
upload-active = Il PDF contiene programmi o azioni automatiche. Salvalo di nuovo con «Stampa in PDF» e riprova.
upload-attachments = Il PDF contiene altri file o filmati. Salvalo di nuovo con «Stampa in PDF» e riprova.
upload-too-many-pages = Il PDF ha troppe pagine. Lascia solo il modulo e la copia del documento.
upload-too-costly = Il PDF è troppo pesante da mostrare. Riduci la qualità della scansione e riprova.
upload-unavailable = In questo momento non riusciamo a guardare il file. Riprova tra qualche minuto: la richiesta resta aperta.

receipts-title = Ricevute delle domande presentate con riserva
receipts-lead = Con il PIN ordinario una domanda si può presentare: i termini si fermano quel giorno, e la domanda viene lavorata quando il PIN diventa dispositivo.
receipts-none = Non c'è nessuna ricevuta.
receipts-download = Scarica la ricevuta (PDF)
receipts-login = Accedi
receipts-login-title = Serve un accesso
receipts-login-happened = Le ricevute le vede solo chi ha fatto le domande.
receipts-login-next = Accedi e torna a questa pagina.

paper-fiscal-code = Codice fiscale
paper-full-name = Nome e cognome
paper-sex = Sesso
paper-female = femmina
paper-male = maschio
paper-birth = Nascita
paper-residence = Residenza
paper-mobile = Cellulare
paper-landline = Telefono fisso
paper-email = E-mail
paper-pec = PEC
paper-person = Chi chiede
paper-document = Documento di identità
paper-place-and-date = Luogo e data
paper-signature = Firma
paper-conversion-title = Richiesta di PIN dispositivo
paper-conversion-code = Codice della richiesta
paper-conversion-asks = Che cosa chiede
paper-conversion-asked = Chiedo che il mio PIN ordinario diventi dispositivo, e dichiaro che:
paper-conversion-true = i dati scritti qui sopra sono veri, e so che chi dichiara il falso è punito dalla legge (articolo 76 del d.P.R. 445/2000);
paper-conversion-own = userò il PIN solo io, per me o per chi posso rappresentare;
paper-conversion-copy = allego la copia, fronte e retro, del documento indicato.
paper-conversion-until = Il modulo firmato e la copia del documento si mandano in un solo PDF entro il { $when }.
paper-mv35-title = Modulo MV35: richiesta del PIN dispositivo in sede
paper-mv35-number = Numero del modulo
paper-mv35-issue = l'assegnazione di un PIN dispositivo
paper-mv35-convert = che il PIN ordinario diventi dispositivo
paper-mv35-restore = un PIN nuovo al posto di quello smarrito
paper-mv35-contacts = il cambio dei recapiti collegati al PIN
paper-mv35-person = Di chi è il PIN
paper-mv35-applicant = Chi firma
paper-mv35-who = Chi è
paper-mv35-declares = Dichiaro che i dati scritti qui sopra sono veri, e so che chi dichiara il falso è punito dalla legge (articolo 76 del d.P.R. 445/2000). Il PIN è personale: lo userà solo la persona indicata, o chi la rappresenta per legge.
paper-mv35-office-part = Parte riservata alla sede
paper-mv35-office = Sede e operatore
paper-mv35-reached = Recapiti
paper-mv35-seen = Documento visto in originale, modulo firmato davanti all'operatore
paper-mv35-date = Data
paper-mv35-operator-signature = Firma dell'operatore
paper-receipt-title = Ricevuta di presentazione con riserva
paper-receipt-name = Ricevuta
paper-receipt-at = Presentata il
paper-receipt-service = Servizio
paper-receipt-application = Ricevuta da
paper-receipt-number = numero
paper-receipt-digest = Impronta SHA-256 di quanto inviato
paper-receipt-proves = La domanda è stata presentata con un PIN ordinario nel giorno e nell'ora scritti qui sopra: da quel giorno i termini sono fermi.
paper-receipt-waits = La domanda sarà lavorata quando il PIN sarà diventato dispositivo.
paper-receipt-raised = Il PIN è diventato dispositivo il { $when }: da allora la domanda si può lavorare.
paper-receipt-seal = Sigillo
paper-receipt-seal-is = La stessa ricevuta come token firmato (JWT). Chi lo verifica con le chiavi pubblicate dall'istituto sa che nulla è cambiato.

## The desk of the operators

desk-title = Sportello operatori
desk-lead = Cerca una persona o prendi in carico un lavoro.
desk-path = Percorso
desk-home = Torna allo sportello
desk-role-office = operatore di sede
desk-role-contact-centre = operatore del contact center
desk-role-supervisor = supervisore
desk-search-title = Cerca una persona
desk-search-button = Apri la pratica
desk-field-fiscal-code = Codice fiscale
desk-field-reason = Motivo
desk-field-reason-hint = Resta nel registro con il tuo nome, per esempio: la persona è allo sportello e ha smarrito il PIN.
desk-wrong-fiscal-code = Non è un codice fiscale: ha 16 caratteri e l'ultima lettera deve corrispondere agli altri.
desk-wrong-reason = Scrivi il motivo su una riga, con almeno 5 lettere e al massimo 500 caratteri.

desk-operators-only-title = Pagina riservata agli operatori
desk-operators-only-happened = Hai fatto l'accesso, ma non risulti tra gli operatori di { $organization }.
desk-operators-only-next = Se lavori allo sportello, chiedi al tuo responsabile di essere abilitato. Se cerchi i tuoi servizi, vai alla pagina iniziale.

desk-login-again-title = L'accesso va ripetuto
desk-login-again-happened = Per lavorare allo sportello l'accesso deve essere recente e di livello 3. Quello che avevi inviato non è stato eseguito.
desk-login-again-next = Torna allo sportello: ti verrà chiesto di accedere di nuovo, poi ripeti l'operazione.

desk-role-title = Operazione di un altro ruolo
desk-role-happened = Il tuo ruolo non prevede questa operazione, che non è stata eseguita.
desk-role-next = Affida la persona a un collega abilitato.

desk-oneself-title = Non puoi occuparti della tua pratica
desk-oneself-happened = L'operazione riguarda te: nessuno può servire sé stesso allo sportello. Non è stata eseguita.
desk-oneself-next = Rivolgiti a un collega, o usa i servizi in rete come ogni cittadino.

desk-grade-ordinary = ordinario
desk-grade-dispositive = dispositivo

desk-by-holder = la persona
desk-by-system = il sistema
desk-by-import = l'importazione
desk-by-former = { $role } non più in servizio

desk-document-identity-card = carta d'identità
desk-document-driving-licence = patente di guida
desk-document-passport = passaporto

desk-status-none = nessun PIN
desk-status-initial = PIN iniziale inviato, in attesa del primo accesso
desk-status-pair-ended = PIN iniziale non più valido
desk-status-working = attivo
desk-status-expired = scaduto, si rinnova al prossimo accesso
desk-status-switched-off = disattivato perché non usato
desk-status-locked = bloccato per troppi tentativi
desk-status-revoked = revocato

desk-step-requested = PIN richiesto, da verificare per telefono
desk-step-call-claimed = Telefonata presa in carico
desk-step-call-released = Telefonata lasciata
desk-step-request-refused = Richiesta respinta
desk-step-issued = PIN assegnato
desk-step-half-resent = Prima metà inviata di nuovo
desk-step-half-used = Prima metà usata da sola
desk-step-letter-resent = Nuova lettera inviata
desk-step-pair-died = PIN iniziale annullato per troppi tentativi
desk-step-pair-ended = PIN iniziale scaduto senza essere usato
desk-step-first-access = Primo accesso, PIN di 8 caratteri assegnato
desk-step-rehashed = Custodia del PIN aggiornata
desk-step-renewed = PIN rinnovato
desk-step-warned = Avviso di scadenza inviato
desk-step-switched-off = PIN disattivato perché non usato
desk-step-closed-to-strangers = PIN chiuso ai dispositivi mai usati, per troppi tentativi
desk-step-locked = PIN bloccato per troppi tentativi
desk-step-restore-asked = Ripristino richiesto, collegamento inviato
desk-step-restored = PIN ripristinato
desk-step-revoked = PIN revocato
desk-step-conversion-begun = Conversione iniziata, modulo preparato
desk-step-conversion-submitted = Modulo di conversione ricevuto
desk-step-conversion-claimed = Conversione presa in carico
desk-step-conversion-released = Conversione lasciata
desk-step-acceptance-proposed = Primo parere favorevole alla conversione
desk-step-rejection-proposed = Primo parere contrario alla conversione
desk-step-conversion-accepted = Conversione accettata
desk-step-conversion-rejected = Conversione respinta
desk-step-conversion-dropped = Conversione abbandonata
desk-step-grade-raised = PIN reso dispositivo in sede
desk-step-provisional-taken = Domanda presentata in attesa del PIN dispositivo
desk-step-telephone-pin-made = PIN telefonico creato
desk-step-telephone-pin-used = Riconosciuta al telefono con il PIN telefonico
desk-step-telephone-pin-ended = PIN telefonico terminato
desk-step-contacts-changed = Recapiti cambiati
desk-step-imported = PIN importato
desk-step-looked-up = Pratica aperta da un operatore

desk-case-title = Pratica
desk-credential = Il PIN
desk-person = La persona
desk-person-unknown = Di questa persona non sono registrati dati.
desk-actions = Che cosa puoi fare
desk-history = Che cosa è successo
desk-history-empty = Non è ancora successo nulla.
desk-surname = Cognome
desk-name = Nome
desk-born = Nascita
desk-residence = Residenza
desk-phones = Telefono
desk-mails = Posta elettronica
desk-grade = Grado
desk-issued = Assegnato
desk-pair-ends = PIN iniziale valido fino al
desk-used = Ultimo uso
desk-expires = Scade
desk-request-since = Richiesta da verificare per telefono dal
desk-conversion-since = Conversione da decidere dal
desk-telephone-until = PIN telefonico valido fino al
desk-letter-from = Prossima lettera non prima del

desk-issue = Assegna un PIN dispositivo
desk-register = Registra una richiesta telefonica
desk-convert = Rendi dispositivo il PIN
desk-recognise = Riconosci con il PIN telefonico
desk-revoke = Revoca il PIN
desk-revoke-lead = Il PIN smette subito di funzionare e si chiudono tutti gli accessi fatti con esso. Per averne un altro serve una nuova richiesta. La persona riceve un avviso su tutti i recapiti registrati.
desk-case-back = Torna alla pratica

desk-case-gone-title = Pratica non aperta
desk-case-gone-happened = Questa pratica non è aperta, o è stata chiusa perché è passato troppo tempo.
desk-case-gone-next = Torna allo sportello e cerca di nuovo la persona.

desk-not-done-title = Operazione non eseguita
desk-not-done-happened = { $why }
desk-not-done-next = Non è cambiato nulla. Torna alla pratica per vedere come sta adesso.

desk-busy-title = Pratica in uso
desk-busy-happened = Altri stanno cambiando questa pratica nello stesso momento. L'operazione non è stata eseguita.
desk-busy-next = Torna alla pratica, guarda che cosa è cambiato e riprova.

desk-why-no-letter = Non si può spedire un'altra lettera prima del { $free }.
desk-why-contacts = I recapiti registrati non bastano: servono almeno un telefono e un indirizzo di posta elettronica.
desk-why-issuance-ended = I PIN non vengono più assegnati, se non a minori, a cittadini extra UE senza documento italiano e a persone sotto tutela.
desk-why-of-age = La persona è maggiorenne: non si può assegnare il PIN come a un minore.
desk-why-delegate = Il PIN non si assegna a un delegato: può venire solo la persona, oppure chi ne è tutore o genitore.
desk-why-already-issued = La persona ha già un PIN.
desk-why-already-requested = C'è già una richiesta in corso.
desk-why-already-dispositive = Il PIN è già dispositivo.
desk-why-no-address = Non è registrato un indirizzo a cui spedire.
desk-why-never-used = Il PIN non è mai stato usato: si può solo revocare e assegnarne un altro.
desk-why-claimed = Un collega se ne sta già occupando.
desk-why-not-claimed = Non è più in carico a te: forse è passato troppo tempo, o è stata lasciata.
desk-why-same-operator = Hai già dato il tuo parere: deve decidere un collega.
desk-why-document-expired = Il documento è scaduto.
desk-why-not-proven = Il codice non è quello giusto.
desk-why-state = Nello stato in cui è il PIN adesso, l'operazione non è prevista.

desk-calls = Persone da chiamare
desk-conversions = Conversioni da decidere
desk-queue-empty = Non c'è nulla in attesa.
desk-queue-lead = Prima chi aspetta da più tempo. Quello che prendi in carico è tuo per il tempo previsto: se non lo decidi né lo lasci, torna a tutti.
desk-queue-more = Ce ne sono altre { $more }: compariranno quando queste saranno decise.
desk-waits-since = In attesa dal { $since }
desk-taken = In carico a { $name } fino al { $until }
desk-spoke = { $name } ha già dato il suo parere
desk-take = Prendi in carico
desk-release = Lascia ai colleghi
desk-by-nobody-now = un operatore non più in servizio
desk-call = Telefonata di verifica
desk-call-lead = Chiama la persona e verifica i dati. Se sono giusti, il PIN parte come se l'indirizzo fosse stato convalidato da solo. Se sono sbagliati, la richiesta si chiude e il motivo che scrivi arriva alla persona.
desk-call-right = I dati sono giusti: assegna il PIN
desk-call-wrong = I dati sono sbagliati: chiudi la richiesta
desk-exception = Perché può avere un PIN
desk-hours = Orario per la lettera
desk-conversion = Conversione in PIN dispositivo
desk-conversion-lead = Guarda il modulo e il documento. Decide il secondo operatore dello stesso parere; se la conversione è respinta, il motivo che scrivi arriva alla persona.
desk-conversion-accept = Sono favorevole
desk-conversion-reject = Sono contrario
desk-conversion-code = Codice sul modulo
desk-document = Documento dichiarato
desk-document-expires = scade il { $day }
desk-opinions = Pareri
desk-opinion-for = { $name }: favorevole, { $reason }
desk-opinion-against = { $name }: contrario, { $reason }

desk-queues = Lavori in attesa
desk-issue-lead = La persona deve essere davanti a te, con un documento valido e il modulo MV35 firmato. Per un minore o per chi è sotto tutela può venire il genitore o il tutore; un delegato mai.
desk-register-lead = Scrivi quello che la persona dice al telefono. Se tutto corrisponde al codice fiscale, parte un PIN ordinario: la prima metà la leggi tu e arriva anche per messaggio, la seconda arriva per lettera.
desk-convert-lead = La persona deve essere davanti a te, con un documento valido e il modulo MV35 firmato. Il PIN resta lo stesso e diventa dispositivo subito.
desk-issued-title = PIN assegnato
desk-envelope = La busta sigillata viene stampata nella sede { $office }.
desk-envelope-note = Consegnala chiusa: nessuno, nemmeno tu, vede il PIN. La persona lo usa per il primo accesso e riceve un avviso su tutti i recapiti registrati.
desk-first-half-lead = Leggi adesso alla persona la prima metà del PIN: questa pagina non si può riaprire. La seconda metà arriva per lettera.
desk-first-half = Prima metà
desk-exception-none = nessuno dei motivi qui sotto
desk-applicant = Chi è allo sportello
desk-applicant-hint = Mai un delegato: solo la persona, oppure chi ne è tutore o genitore.
desk-applicant-holder = la persona stessa
desk-applicant-guardian = il tutore, curatore o amministratore di sostegno
desk-applicant-parent = un genitore
desk-applicant-code = Codice fiscale del tutore o del genitore
desk-applicant-code-missing = Scrivi il codice fiscale di chi è venuto per la persona.
desk-document-kind = Documento mostrato
desk-document-number = Numero del documento
desk-document-issuer = Rilasciato da
desk-document-until = Valido fino al
desk-form = Numero del modulo MV35
desk-form-hint = Il numero con cui il modulo firmato viene archiviato. Quello proposto sta anche sul modulo scaricato da qui.
desk-seen = Ho visto il documento in originale e il modulo è stato firmato davanti a me
desk-seen-missing = Senza documento e firma il PIN non si può assegnare.
desk-choice-missing = Scegli una delle possibilità.
desk-line-missing = Manca: scrivilo.

desk-recognise-lead = Chiedi alla persona il PIN telefonico che ha creato nella sua area e scrivilo qui. Dopo troppi errori non vale più.
desk-recognise-code = PIN telefonico detto dalla persona
desk-recognise-wrong = Non è il PIN telefonico di questa persona.
desk-restore = Ripristina il PIN perso
desk-restore-lead = La persona deve essere davanti a te, con un documento valido e il modulo MV35 firmato. Il vecchio PIN smette subito di funzionare e si chiudono gli accessi fatti con esso; il grado resta lo stesso.
desk-restored-title = PIN ripristinato
desk-conversion-page = Pagina { $number } di { $of } del file ricevuto
desk-again = Manda di nuovo una metà del PIN
desk-again-lead = La prima metà riparte subito e quella di prima non vale più; con una lettera nuova cambiano tutte e due le metà. Tutto va ai recapiti e all'indirizzo registrati: nessuno allo sportello vede il PIN. Se un recapito è sbagliato, va prima cambiato in sede.
desk-again-first-to = La prima metà va a
desk-again-letter-to = La lettera va a
desk-again-hours-hint = Solo per una lettera nuova.
desk-again-hours-any = a qualsiasi ora
desk-contacts = Cambia i recapiti
desk-contacts-lead = La persona deve essere davanti a te, con un documento valido e il modulo MV35 firmato: con questi recapiti si può ripristinare il PIN. L'avviso del cambiamento arriva sia ai recapiti vecchi sia a quelli nuovi.
desk-postal-code = CAP, o codice postale estero
desk-region = Provincia con due lettere, o regione estera
desk-print = Scarica il modulo MV35 da firmare
desk-why-too-many = È già stata mandata troppe volte: serve una lettera nuova.
desk-why-nothing = Non c'è nulla da cambiare: è già così.
## Chi usa ancora il PIN: l'immagine di `varco pin report`

pin-report-title = Chi usa ancora il PIN
pin-report-ordinary = PIN ordinario
pin-report-dispositive = PIN dispositivo
pin-report-categories = Per categoria, { $month }
pin-report-several = Sopra, le persone di ogni mese. Chi è di più categorie conta in ciascuna.
pin-report-none = Nessuno ha usato un PIN.
pin-report-count = { $of }: { $ordinary } con PIN ordinario, { $dispositive } con PIN dispositivo.
