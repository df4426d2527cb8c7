# Texts of the pages. The keys are those of it.ftl.

language-name = English
language-switch = Language
skip-to-content = Skip to content
brand-title = Access to online services
footer-help = Help
footer-spid = What SPID is

## Refusal pages: CODE-title, CODE-happened, CODE-next

refusal-what-now = What you can do
refusal-help = If this keeps happening, contact
refusal-support = support
refusal-reference = Code to quote:
action-start = Back to the start page

not-found-title = Page not found
not-found-happened = The address you opened does not match any page.
not-found-next = Check the address, or begin again from the start page.

method-not-allowed-title = Unexpected request
method-not-allowed-happened = This address exists, but it cannot be opened in this way.
method-not-allowed-next = Begin again from the start page and use the buttons on the pages.

bad-request-title = Request not understood
bad-request-happened = We received a request that is not in the expected form, and did not process it.
bad-request-next = Begin again from the start page. If another application sent you here, go back to it and try again.

too-large-title = Request too large
too-large-happened = We received more data than logging in needs, and did not process it.
too-large-next = Begin again from the start page and try to log in once more.

too-slow-title = Time is up
too-slow-happened = The data did not arrive in time, perhaps because of a connection problem.
too-slow-next = Check your connection and try again.

busy-title = Service busy at the moment
busy-happened = We are receiving too many requests right now and cannot process yours.
busy-next = Wait a few seconds and try again. None of your data were lost.

broken-title = Something went wrong
broken-happened = Because of a problem on our side, the operation could not be completed.
broken-next = Try again in a few minutes. If it happens again, quote the code below to support.

## Automatic posting to another site

post-title = Taking you to the login
post-going = In a moment { $host } will open, where you will continue.
post-continue = Continue
post-without-script = Your browser does not run JavaScript: press Continue to go on.

## Common actions

action-login-again = Back to the login
logout = Log out

# A moment in Italian time, for example: 21 November 2026, 23:07
moment = { $day } { $month ->
    [m1] January
    [m2] February
    [m3] March
    [m4] April
    [m5] May
    [m6] June
    [m7] July
    [m8] August
    [m9] September
    [m10] October
    [m11] November
   *[m12] December
 } { $year }, { $time }
level = Level { $level }
level-inline = level { $level }
method-spid = SPID
method-cie = CIE, electronic identity card
method-cns = CNS, national services card
method-pin = PIN of the institute
method-openid = another login that the institute recognises
operation-consult = Consult
operation-request = Apply
operation-provisional = provisional

## SPID button

spid-choose = Choose your identity provider
spid-more = More information
spid-none-yet = No SPID yet?
spid-help = Need help?
spid-none = At the moment no identity provider can log you in with the level that is needed.
spid-not-offered = These providers are not on the list because they cannot reach the level that is needed:

## Start page

welcome-title = Log in to the services
welcome-lead = With your digital identity you log in once and use all online services of { $organization }.
welcome-how = How it works
welcome-step-1 = Press Entra con SPID and choose your identity provider.
welcome-step-2 = Log in on their site: your credentials stay between you and the provider.
welcome-step-3 = You come back here and open the services.
welcome-services = What you can do after logging in

## Login

login-title = Log in
login-for = To open the service
login-level-1 = A login of level 1 or higher is needed: user name and password.
login-level-2 = A login of level 2 or higher is needed: besides the password, a temporary code or your identity provider's app.
login-level-3 = A login of level 3 is needed, the highest: besides the password, a secure device such as a smart card.
login-step-up = You are already logged in with level { $has }. To go on, level { $level } is needed: log in once more, with the same identity.
login-expired = You logged in with level { $level }, but some time ago: by now that login counts as level { $has }. Confirm it once more, with the same identity.
login-repeat = You are already logged in, but to go on you must confirm your identity once more.
login-methods = You can log in by: { $methods }.
login-other-method = You are already logged in, but in another way than those that this service takes. Log in once more by one of these, as the same person.
login-cancel = Cancel and go back to the application

## Personal area

portal-title = Your area
portal-hello = Hello, { $name }
portal-who = Who you are to us
portal-fiscal-code = Fiscal code
portal-proofs = How you proved it
portal-counts-no-more = Counts no more
portal-counts = Counts as level { $level } until { $until }
portal-open = Services you can open now
portal-nothing-open = With the level of your login no service opens for now.
portal-further = With a login of level { $level }
portal-further-by = With a login of level { $level } by: { $methods }
portal-further-again = With a new login of level { $level }
portal-further-how = These services open with one step more. You stay logged in: log in again with a higher level.
portal-step-up = Log in with level { $level }
portal-closed = Services for other categories of users

other-person-title = You are a different person now
other-person-now = You are now logged in as { $name }.
other-person-closed = Another person was logged in with this browser: their session has been closed, and their applications have lost their access. Their identity provider may keep them logged in on its own site.
other-person-next = If this identity is yours, go on. Otherwise log out.
other-person-continue = Continue

## Logging out

logout-title = Do you want to log out?
logout-client = The application “{ $name }” would like to log you out.
logout-who = You are logged in as { $name }.
logout-what = Logging out closes your access to all services opened from here.
logout-where = Your identity provider keeps you logged in too: { $providers }. You can log out of both or only here.
logout-everywhere = Log out here and at the provider
logout-here = Log out only here
logout-stay = Cancel
logged-out-title = You are logged out
logged-out-text = Your access has been closed.
partly-logged-out-title = You are logged out, but not everywhere
partly-logged-out-text = Your access is closed here, but your identity provider or another service did not confirm the logout.
logged-out-advice = On a shared computer, also close all windows of the browser.

## Refusals during a login

openid-request-title = Request not accepted
openid-request-happened = The application that sent you here made a request that we cannot accept. To protect you we do not send you back to an address that we do not know.
openid-request-next = Go back to the application and try again. If it happens again, tell whoever runs the application, with the code below.

flow-gone-title = This login is no longer valid
flow-gone-happened = Too much time has passed, the login was completed already, or it was begun with another browser.
flow-gone-next = Go back to the service you wanted to use and begin again. A login must be completed within 15 minutes, in the same browser.

unavailable-title = Service not available at the moment
unavailable-happened = Because of a problem on our side we cannot log you in right now.
unavailable-next = Try again in a few minutes. You did nothing wrong.

too-many-logins-title = Too many logins started
too-many-logins-happened = Many logins have just been started from your network, and to protect everybody we take only so many a minute.
too-many-logins-next = Wait a minute and try again. If you are in an office with many users, tell whoever runs the network.

forged-title = Request not confirmed
forged-happened = The request did not come from a page of ours open in this browser, so it was not carried out.
forged-next = Begin again from the start page and repeat what you wanted to do.

denied-unknown-title = No such service
denied-unknown-happened = The application sent you here for a service or an operation that does not exist.
denied-unknown-next = Go back to the application. If it happens again, tell whoever runs it.

denied-category-title = Service for other users
denied-category-happened = This service is for a category of users that is not yours.
denied-category-next = If you think this is a mistake, log in with the right identity (a professional one, for example) or contact support.

denied-client-title = Service of another application
denied-client-happened = The application that sent you here asked for a service that belongs to another one.
denied-client-next = Open the service from its own application. If it happens again, tell whoever runs the one you came from.

denied-archives-title = We cannot check who may use the service
denied-archives-happened = This service is for some categories of users, and the archives that know yours do not answer at the moment. You did nothing wrong.
denied-archives-next = Try again in a few minutes.

denied-level-title = Service out of reach
denied-level-happened = This service needs a level that none of the available ways to log in can reach.
denied-level-next = Contact support: they will tell you how to use the service in another way.

not-achieved-title = The login is not enough
not-achieved-happened = You logged in, but not with the level or in the way that the service asks for.
not-achieved-next = Try again and choose a login of a higher level.

## SPID anomalies (technical rules, table of anomalies)

anomaly-19-title = Too many failed attempts
anomaly-19-happened = Your identity provider stopped the login: there were too many attempts with wrong credentials.
anomaly-19-next = Try again with the right credentials. If you do not remember them, recover them on your identity provider's site.

anomaly-20-title = Your credentials are not enough
anomaly-20-happened = Your SPID credentials are not of the level that this service needs.
anomaly-20-next = Ask your identity provider for credentials of the level that is needed, then log in again.

anomaly-21-title = Time is up
anomaly-21-happened = The login with your identity provider was not completed in the time allowed.
anomaly-21-next = Log in again and complete the steps before the time runs out.

anomaly-22-title = Consent not given
anomaly-22-happened = You did not give your consent to send your data, which are needed to recognise you.
anomaly-22-next = If you want to use the service, log in again and give your consent when the identity provider asks for it.

anomaly-23-title = Identity suspended or credentials blocked
anomaly-23-happened = Your SPID identity is suspended or revoked, or your credentials are blocked.
anomaly-23-next = Contact your identity provider to reactivate them. You can also log in with another identity.

anomaly-25-title = Login cancelled
anomaly-25-happened = You cancelled the login on your identity provider's site.
anomaly-25-next = If you want to use the service, go back to the login and try again.

anomaly-30-title = Identity of another type
anomaly-30-happened = You used a type of identity other than the one that this service asks for.
anomaly-30-next = Log in again with the right identity: personal, or professional if the service is for professionals or companies.

anomaly-12-title = Level not accepted by the provider
anomaly-12-happened = Your identity provider did not accept the login level that we asked for (SPID anomaly { $number }). You did nothing wrong.
anomaly-12-next = Try another provider, if you have one. Whoever runs the service has been alerted.

anomaly-request-title = Login not successful
anomaly-request-happened = Your identity provider could not process our request (SPID anomaly { $number }). You did nothing wrong.
anomaly-request-next = Try again later. Whoever runs the service has been alerted.

anomaly-other-title = Login not completed
anomaly-other-happened = Your identity provider did not complete the login, without saying why.
anomaly-other-next = Try again. If it happens again, ask your identity provider.

## CIE: the button, the Ministry's errors (SAML manual, error codes), logging out

cie-note = Electronic identity card: with the card and its PIN, or with the credentials or the app CieID. We take you to the site of the Ministry of the Interior.
cie-not-offered = CIE does not reach the level that is needed here: choose another way.
cie-not-reachable = Right now we cannot reach the Ministry of the Interior, so you cannot log in with CIE. Choose another way, or try again in a few minutes.
ministry-name = Ministry of the Interior (CIE)
ministry-left = Your access here has been closed. The one at the Ministry of the Interior is still open: close it if you use a shared computer.
action-go-on = Continue
action-ministry-logout = Log out at the Ministry too
action-cie-instead = Try the CIE another way

cie-level-title = CIE is not enough
cie-level-happened = The login with CIE does not reach the level that is needed here.
cie-level-next = Go back to the login and choose another way.

cie-unreachable-title = Login with CIE not available right now
cie-unreachable-happened = We cannot reach the Ministry of the Interior, or cannot check that it really is the Ministry. You did nothing wrong.
cie-unreachable-next = Go back to the login and choose another way, or try again in a few minutes.

cie-refused-title = Login not successful
cie-refused-happened = The answer of the Ministry of the Interior did not pass our security checks, so we did not accept it.
cie-refused-next = Go back to the login and try again. If it happens again, tell support the code below.

cie-error-21-title = Time is up
cie-error-21-happened = The login with CIE was not completed in the time allowed.
cie-error-21-next = Log in again and complete the steps before the time runs out: have the card and its PIN at hand.

cie-error-22-title = Consent not given
cie-error-22-happened = You did not give your consent to send your data, which are needed to recognise you.
cie-error-22-next = If you want to use the service, log in again and give your consent when the Ministry of the Interior asks for it.

cie-error-23-title = Card no longer valid
cie-error-23-happened = Your electronic identity card has expired or has been revoked.
cie-error-23-next = Ask your municipality for a new card. Meanwhile you can log in another way.

cie-error-25-title = Login cancelled
cie-error-25-happened = You cancelled the login on the site of the Ministry of the Interior.
cie-error-25-next = If you want to use the service, go back to the login and try again.

cie-error-request-title = Login not successful
cie-error-request-happened = The Ministry of the Interior could not process our request (CIE error, code { $number }). You did nothing wrong.
cie-error-request-next = Try again later, or log in another way. Whoever runs the service has been alerted.

cie-error-other-title = Login not completed
cie-error-other-happened = The Ministry of the Interior did not complete the login, without saying why.
cie-error-other-next = Try again. If it happens again, log in another way and tell support.

## SPID answers and choices that are not accepted

spid-refused-title = Login failed
spid-refused-happened = The answer of your identity provider did not pass our security checks, so we did not accept it.
spid-refused-next = Go back to the login and try again. If it happens again, give the code below to support.

spid-provider-unknown-title = Provider not available
spid-provider-unknown-happened = The identity provider you chose is not one that you can log in with here.
spid-provider-unknown-next = Go back to the login and choose a provider from the list.

spid-provider-level-title = Provider not suitable
spid-provider-level-happened = The identity provider you chose does not reach the level that this login needs.
spid-provider-level-next = Go back to the login and choose a provider from the list.

upstream-button = Log in with { $provider }

## OpenID answers that are not accepted ({ $provider } is the name of the provider or the Ministry)

openid-refused-title = Login failed
openid-refused-happened = The answer of { $provider } did not pass our security checks, so we did not accept it.
openid-refused-next = Go back to the login and try again. If it happens again, give the code below to support.

openid-denied-title = Login cancelled
openid-denied-happened = You cancelled the login, or did not consent to your data being sent to us. This is what { $provider } tells us.
openid-denied-next = If you want to use the service, go back to the login and try again.

openid-not-done-title = Login not completed
openid-not-done-happened = The login was not finished: the authentication or the consent was missing. This is what { $provider } tells us.
openid-not-done-next = Go back to the login and try again, following every step.

openid-not-now-title = Login not available right now
openid-not-now-happened = At the moment { $provider } cannot log you in. You did nothing wrong.
openid-not-now-next = Try again in a few minutes, or go back to the login and choose another way.

openid-our-fault-title = Login not successful
openid-our-fault-happened = Our request was not accepted by { $provider }. You did nothing wrong.
openid-our-fault-next = Go back to the login and choose another way, or try again later. Whoever runs the service has been alerted.

openid-unknown-title = Login not completed
openid-unknown-happened = The login was broken off, without a reason that we can explain. This is what { $provider } tells us.
openid-unknown-next = Go back to the login and try again. If it happens again, give the code below to support.

openid-unreachable-title = Login not available right now
openid-unreachable-happened = We cannot reach { $provider }, or cannot check that it really is who it says. You did nothing wrong.
openid-unreachable-next = Go back to the login and choose another way, or try again in a few minutes.

openid-level-title = Level not available
openid-level-happened = A login with { $provider } does not reach the level that is needed here.
openid-level-next = Go back to the login and choose another way.

slo-refused-title = Logout not confirmed
slo-refused-happened = We received a logout message that did not pass our security checks, so we did not act on it.
slo-refused-next = If you wanted to log out, open the start page and press Log out.

## My sessions

sessions-title = Where you are logged in
sessions-lead = These are all the places where you are logged in now. If you do not recognise one, end it.
sessions-here = This one
sessions-started = Since
sessions-last-seen = Last used
sessions-place = Place
sessions-network = network { $network }
sessions-place-unknown = unknown
sessions-device-unknown = Unknown device
sessions-logins = How you logged in
sessions-end = End this session
sessions-end-others = End all the others
sessions-end-all = End all, this one too
sessions-provider = Applications lose their access together with the session. Your identity provider may keep you logged in on the other devices: to log out there too, use the provider's site.
sessions-ended-none = That session had ended already.
sessions-ended-one = One session has been ended.
sessions-ended-many = { $count } sessions have been ended.

## A page on an application's own host

elsewhere-on = Continue

## Why a service is open or closed

card-health = health card or card of a Region
card-professional = card of a professional body or a Chamber of Commerce
card-public-servant = card of an administration for its staff
card-other = card of another issuer
rule-service-known = The service exists.
rule-service-unknown = There is no such service.
rule-operation-offered = The service offers what was asked for.
rule-operation-not-offered = The service does not offer what was asked for.
rule-client-any = Any application may open it.
rule-client-owner = The application that owns it asked for it.
rule-client-nobody = It was asked for from here, not from an application.
rule-client-other = It belongs to another application than the one that asked.
rule-category = It is for: { $needed }. You are: { $had }.
rule-category-not-yet = It is for: { $needed }. Whether you are is known once you log in.
rule-category-unavailable = It is for: { $needed }. The archives that know what you are do not answer at the moment.
rule-method = It opens by: { $open }. You logged in by: { $had }.
rule-method-not-yet = It opens by: { $open }. You are not logged in.
rule-method-none = No way to log in opens it at present.
rule-level = It needs level { $needed } or higher. Your login counts as level { $had }.
rule-level-provisionally = It needs level { $needed } or higher. With your PIN, which counts as level { $had }, you may make a provisional request.
rule-level-by-first-half = It needs level { $needed } or higher, but for this request even the first half of the initial PIN is enough.
rule-level-not-yet = It needs level { $needed } or higher.
rule-age = The login may be at most { $most } old. Yours is { $had } old.
rule-age-any = The login may be of any age while it counts.
rule-age-not-yet = The login may be at most { $most } old.
outcome-met = Yes.
outcome-provisionally = Provisionally.
outcome-by-first-half = Even half a PIN is enough.
outcome-not-met = No.
outcome-not-yet-known = Not known yet.
explanation-title = Why
decision-permit = It is open to you now.
decision-provisional = It is open to you for a provisional request. The request will be worked once your PIN has become a better one.
decision-step-up = It opens with a further login of level { $level }, by: { $methods }.
decision-deny = It is not open to you.
service-step-up = Log in to open it
category-citizen = citizen
category-worker-private = private-sector worker
category-worker-public = public-sector worker
category-pensioner = pensioner
category-unemployed = unemployed person
category-resident-abroad = resident abroad without an Italian document
category-intermediary = intermediary
category-patronato = patronato
category-company = company
category-public-body = public body
category-professional = professional
category-doctor = doctor or health authority
category-bank = bank

## Profile

profile-title = In which capacity do you want to act?
profile-lead = You have more than one profile in our archives. You act in one at a time: the one you choose holds for the services that you open from now on.
profile-only = You have a single profile in our archives.
profile-personal = For yourself
profile-current = In use
profile-closed = The service you asked for does not open with this profile.
profile-choose = Continue like this
profile-later = You can change the profile at any time from your area, without logging in again.
profile-again = Choose the profile
profile-as = Profile
profile-change = Change profile

profile-unavailable-title = Your profiles are not available
profile-unavailable-happened = The archives that know your profiles do not answer at the moment. You did nothing wrong.
profile-unavailable-next = Try again in a few minutes.

profile-gone-title = That profile is no longer yours
profile-gone-happened = The profile that you chose is no longer in our archives.
profile-gone-next = Choose another one. If you think this is a mistake, contact support.

portal-unavailable = The archives that know your profiles do not answer at the moment: until they do, the services stay closed. Try again in a few minutes.

## Login with a card

cns-note = Carta Nazionale dei Servizi, health card TS-CNS or professional card. Put the card into the reader before you press; the browser will ask which certificate to use, and for the card's PIN.
cns-old = Does the browser show an error? Try the login for older cards.
action-card-again = Try again with the card
action-old-card = Try the login for older cards
action-other-way = Log in in another way

card-none-title = We did not see your card
card-none-happened = The browser sent us no certificate: the card is not in the reader, its software is not installed, or you chose no certificate.
card-none-next = Check that the reader is connected, that the card is in it with the chip the right way round, and that the card's software is installed and running. Then close all windows of the browser, since it remembers the choice, open it again and try once more: when it asks, choose the certificate with your fiscal code and type the card's PIN.{ $old ->
    [yes] { " " }If you saw an error page of the browser before, try the login for older cards.
   *[no] { "" }
}

card-unreadable-title = We cannot read this card
card-unreadable-happened = The certificate that we received does not have the form of a Carta Nazionale dei Servizi.
card-unreadable-next = If you have several cards or certificates, close the browser, open it again and choose the one of the CNS. If it is the only one, ask whoever issued the card for help, or log in in another way.

card-too-old-title = This card is too old
card-too-old-happened = The card's certificate uses a protection that is no longer considered safe, so we cannot accept it.
card-too-old-next = Ask whoever issued it for a new card: for the health card, your Region. Meanwhile log in in another way.

card-issuer-title = We do not know who issued this card
card-issuer-happened = The certificate does not come from one of the bodies that the national list accredits for the Carta Nazionale dei Servizi.
card-issuer-next = If you have several certificates, close the browser, open it again and choose the one of the CNS. A certificate of a company or of another service does not do, even if it bears your name.

card-not-yet-title = This card is not valid yet
card-not-yet-happened = The validity of the card's certificate has not begun.
card-not-yet-next = Look for the first day of validity in the card's papers. Meanwhile log in in another way.

card-expired-title = This card has expired
card-expired-happened = The validity of the card's certificate is over. The health side of the card may still be good: the certificate for online services has an end of its own.
card-expired-next = Ask whoever issued it for a new card: for the health card, your Region. Meanwhile log in in another way.

card-signature-title = You chose the signature certificate
card-signature-happened = There are two certificates on the card: one for signing documents and one for logging in. You chose the former.
card-signature-next = Close all windows of the browser, since it remembers the choice. Open it again, try once more and choose the other certificate: the one for authentication, with your fiscal code in its name.

card-cie-title = This is an electronic identity card
card-cie-happened = The certificate is that of a CIE. With a CIE you log in in another way, not in this one.
card-cie-next = Go back to the login and use the CIE if it is among the ways offered, or choose another one. If you have a CNS too, close the browser, open it again and choose its certificate.

card-not-cns-title = This certificate is not that of a CNS
card-not-cns-happened = It comes from an accredited body, but it is not the authentication certificate of a Carta Nazionale dei Servizi: it may be of another device or for another use.
card-not-cns-next = If you have several certificates, close the browser, open it again and choose the one of the CNS, with your fiscal code in its name. Some signature tokens hold a similar certificate, which does not count as a CNS.

card-revoked-title = This card has been blocked
card-revoked-happened = Whoever issued the card has revoked or suspended its certificate: that happens when a card is replaced, lost or stolen.
card-revoked-next = If you received a new card, use that one. If it was not you who asked for it, turn to whoever issued the card. Meanwhile log in in another way.

card-revocation-title = We cannot check the card right now
card-revocation-happened = Before we accept a card we check that it has not been blocked, and the list of whoever issued it is not available at the moment. Your card may be all right.
card-revocation-next = Try again in a few minutes, or log in in another way.

card-holder-title = We cannot read the fiscal code from the card
card-holder-happened = The certificate does not hold, where it must be, the fiscal code of a person. Cards in the name of a company do not do.
card-holder-next = Use a card in your own name, or log in in another way. If the card is yours, report the problem to whoever issued it.

card-resumed-title = The card must be read again
card-resumed-happened = The browser went on with an earlier connection without asking the card: so we cannot know whether the card is still with you.
card-resumed-next = Try again. If it happens once more, close all windows of the browser and open it again. An antivirus that inspects secure connections can cause this.

card-ticket-gone-title = Begin the login with the card again
card-ticket-gone-happened = This step is good once and for a few minutes: it was used already, or too much time has passed.
card-ticket-gone-next = Go back to the login and press Entra con CNS again.

card-host-title = Cards are read here
card-host-what = This address only serves to read the Carta Nazionale dei Servizi during a login.
card-host-how = To log in, go back to the login page and press Entra con CNS: we will bring you here.

misdirected-title = Wrong address
misdirected-happened = The request arrived at another address than the one that the browser opened the connection for.
misdirected-next = Close this page and begin again from the login page.

## The second step after a card

second-step-title = One more step
second-step-sent = We sent a code of six digits to the mobile phone that ends with { $ending }. It is valid for five minutes.
second-step-code = Code you received
second-step-go-on = Continue
second-step-wrong = The code is not right, or has expired. Tries left: { $left }.
second-step-again-note = It did not arrive?
second-step-again = Send another code
second-step-later = If it does not arrive, you can ask for another one in { $seconds } seconds.
second-step-reload = Reload the page
second-step-message = { $organization }: the code to complete your login with the card is { $code }. Valid for 5 minutes. Do not tell it to anyone.

second-step-no-telephone-title = We cannot send you the code
second-step-no-telephone-happened = Your card is valid, but this login also needs a code sent to your mobile phone, and our archives have no number for you.
second-step-no-telephone-next = Log in another way, or ask support how to give us your number.

second-step-failed-title = Too many wrong codes
second-step-failed-happened = The code was wrong too many times, so the login was not completed.
second-step-failed-next = Start again with the card: we will send you a new code.

second-step-not-sent-title = The code was not sent
second-step-not-sent-happened = Your card is valid, but we cannot send messages at the moment. You did nothing wrong.
second-step-not-sent-next = Try again in a few minutes, or log in another way.

## Messages to people: KEY-subject and KEY-text; on paper KEY-letter, where the code has a place of its own

message-closing = To look after your PIN, or if you did not do this yourself, type { $address } in your browser or call our support. Nobody of us will ever ask you for the PIN, neither on the telephone nor in a message.
message-automatic = This message was sent by a program: please do not answer it.

message-first-half-subject = The first half of your initial PIN
message-first-half-text = the first half of your initial PIN is { $half }. The second half reaches you separately: alone, neither is good for anything. With both of them make your first access by { $ends }. Tell it to nobody.
message-half-used-subject = The first half of your PIN was used
message-half-used-text = the first half of your initial PIN was used for a request that takes it alone. If it was not you, revoke the PIN and call the contact centre.

message-second-half-subject = The second half of your initial PIN
message-second-half-text = the second half of your initial PIN is { $half }. With the first, which you received separately, you need it for your first access by { $ends }. Tell it to nobody.
message-second-half-letter = Below is the second half of your initial PIN. You need it together with the first, which you received separately: alone, neither is good for anything. Make your first access at { $address } by { $ends }: type your fiscal code and both halves one after the other, and you will be given your PIN of 8 characters. Upper and lower case are the same.

message-whole-pin-subject = Your initial PIN
message-whole-pin-letter = Below is your { $grade ->
    [dispositive] dispositive
   *[ordinary] ordinary
} initial PIN of 16 characters. Make your first access at { $address } by { $ends }: type your fiscal code and the initial PIN, and you will be given your PIN of 8 characters. Upper and lower case are the same. If the envelope was open when you received it, ask at once for the PIN to be revoked.

message-restore-link-subject = The link to restore your PIN
message-restore-link-text = to restore your PIN open { $link } by { $ends }. The link works once. After that the old PIN stops working, and the two halves of a new one go to two different contacts. If you did not ask for this, do not open it: nothing changes until somebody does.

message-request-taken-subject = We have received your request for a PIN
message-request-taken-text = we have received your request for a PIN. Before we post it we have to check your address: we will call you.
message-request-refused-subject = Your request for a PIN is closed
message-request-refused-text = we could not grant your request for a PIN. Reason: { $reason }
message-issued-ordinary-subject = Your PIN has been issued
message-issued-ordinary-text = your ordinary PIN has been issued. You receive the two halves of the initial PIN separately: you need both for the first access.
message-issued-dispositive-subject = Your dispositive PIN has been issued
message-issued-dispositive-text = your dispositive PIN has been issued and handed over in a sealed envelope by one of our offices.
message-first-access-subject = You made your first access with the PIN
message-first-access-text = with the first access you were given your PIN of 8 characters. It expires on { $expires }. The initial PIN is no longer needed.
message-first-access-lasting-subject = You made your first access with the PIN
message-first-access-lasting-text = with the first access you were given your PIN of 8 characters. The initial PIN is no longer needed.
message-renewed-subject = Your PIN has been renewed
message-renewed-text = your PIN has been renewed: the new one counts, for the same services as before, until { $expires }.
message-renewed-lasting-subject = Your PIN has been renewed
message-renewed-lasting-text = your PIN has been renewed: the new one counts, for the same services as before.
message-will-expire-subject = Your PIN is about to expire
message-will-expire-text = your PIN expires on { $expires } ({ $days } days left). If you have SPID or the electronic identity card, use those: they do not expire like this. Otherwise the PIN is renewed at your first access after it has expired.
message-will-expire-tomorrow-subject = Your PIN expires tomorrow
message-will-expire-tomorrow-text = your PIN expires on { $expires }: one day left. If you have SPID or the electronic identity card, use those: they do not expire like this. Otherwise the PIN is renewed at your first access after it has expired.
message-switched-off-subject = Your PIN has been switched off
message-switched-off-text = your PIN was not used for too long and has been switched off. You can get in with SPID or with the electronic identity card, or ask for the PIN to be restored.
message-closed-to-strangers-subject = Too many attempts with your PIN
message-closed-to-strangers-text = somebody tried too many times to get in with your fiscal code and wrong PINs. The PIN now works only from devices that you have used before. If you have none, restore the PIN.
message-locked-subject = Your PIN is locked
message-locked-text = your PIN has been locked after too many wrong attempts. To use it again it has to be restored.
message-restore-asked-subject = Somebody asked to restore your PIN
message-restore-asked-text = somebody asked to restore your PIN, and we sent the link to one of your contacts. If it was not you, do not open it: the PIN that you have keeps working.
message-restored-subject = Your PIN has been restored
message-restored-text = your PIN has been restored: the old one no longer works and the sessions that it opened are closed. The two halves of the new one go to two different contacts.
message-revoked-subject = Your PIN has been revoked
message-revoked-text = your PIN has been revoked: it no longer works and the sessions that it opened are closed.
message-pair-ended-subject = Your initial PIN is no longer good
message-pair-ended-text = your initial PIN is no longer good: too much time has passed, or it was typed wrong too often. You can ask for another.
message-conversion-submitted-subject = We have received your conversion form
message-conversion-submitted-text = we have received the signed form to make your PIN dispositive. An operator will check it and we will write to you.
message-converted-subject = Your PIN is now dispositive
message-converted-text = your PIN is now dispositive: from now on you can also send applications. Those that you sent provisionally are being worked.
message-conversion-rejected-subject = Your PIN stays ordinary
message-conversion-rejected-text = we could not make your PIN dispositive. Reason: { $reason }
message-telephone-pin-subject = You made a temporary telephone PIN
message-telephone-pin-text = you made a temporary telephone PIN by which the contact centre recognises you. It is good until { $ends }; the one before, if there was one, no longer is.
message-contacts-changed-subject = Your contacts have changed
message-contacts-changed-text = the contacts that belong to your PIN have been changed. The next messages go to the new ones.

## The PIN

pin-button = Log in with the PIN of the institute
pin-button-note = It is being retired: SPID and CIE open more services.
pin-title = Log in with the PIN
pin-lead = Type your fiscal code and your PIN.
pin-person = Fiscal code
pin-pin = PIN
pin-help = Eight letters and digits; capital or small letters make no difference. If it is the first time, type the two parts of the initial PIN one after the other: sixteen characters.
pin-go-on = Log in
pin-retired = The PIN is being retired. With SPID or the electronic identity card (CIE) you log in more safely and open more services.
pin-wrong = Fiscal code and PIN do not go together, or this PIN cannot be used. Check both and try again. If you no longer know the PIN, you can ask for a new one.
pin-wrong-person = The fiscal code is not right: it has sixteen letters and digits. Check it and try again.
pin-wrong-form = A PIN has eight letters and digits, and the initial PIN has sixteen. Check it and try again.

pin-wait-title = Wait before you try again
pin-wait-happened = There were several wrong attempts to log in with this PIN or from this network, yours or somebody else's. To protect you, the next one can be made in { $wait }.
pin-wait-next = Wait and try again, or log in with SPID, CIE or CNS: they do not have to wait.
pin-wait-seconds = { $count } seconds
pin-wait-minute = one minute
pin-wait-minutes = { $count } minutes
action-pin-again = Try again with the PIN

pin-busy-title = Too many logins with a PIN at the moment
pin-busy-happened = Very many people are logging in with a PIN right now. Yours was not looked at, and this attempt does not count.
pin-busy-next = Wait a few seconds and try again, or log in with SPID, CIE or CNS.

pin-closed-title = The PIN can no longer be used
pin-closed-happened = You did nothing wrong: for your category of users access with the PIN has ended, or was never foreseen.
pin-closed-next = Log in with SPID, CIE or CNS. If you have none of them yet, you can get SPID from a provider or the electronic identity card from your municipality.
action-get-spid = How to get SPID
action-get-cie = How to get the CIE

pin-first-title = Your new PIN
pin-first-lead = The initial PIN was right. From now on you log in with this PIN of eight characters:
pin-first-note = Until you press the button your initial PIN stays as it is: if you close this page, you begin again with it.
pin-new-label = New PIN:
pin-new-keep = Write it down now and keep it in a safe place: we will not show it again, and we never ask you for it by telephone or e-mail.
pin-new-again = Type the new PIN
pin-new-done = I kept the PIN: log in
pin-new-wrong = What you typed is not the PIN that was shown. Here is another new one: keep this.

pin-expired-title = Your PIN has expired
pin-expired-lead = The PIN was right, but its time is over. You can go on in two ways.
pin-better-title = Go over to SPID or CIE
pin-better-what = They do not expire every few months, are safer, and open the services that a PIN does not open.
pin-better-log-in = Log in with SPID, CIE or CNS
pin-better-get-spid = I do not have SPID yet: how to get it
pin-better-get-cie = I do not have the electronic identity card yet: how to get it
pin-renew-title = Take a new PIN
pin-renew-what = You get a new PIN at once. It opens the same services as the one before; you do not have to apply for anything.
pin-renew-go-on = Go on with a new PIN
pin-renewed-lead = From now on you log in with this PIN of eight characters; the one before does not work any more:
pin-renewed-note = Until you press the button nothing changes: if you close this page, you begin again with the expired PIN.
## Forms

form-faults = Check these details
form-optional = (optional)
form-next = Continue
form-back = Back

## PIN: asking for it online

pin-request-who = Ask for the PIN
pin-request-birth = Your details
pin-request-home = Where you live
pin-request-contacts = How we can reach you
pin-request-delivery = When the letter may come
pin-request-confirm = Look over and confirm
pin-request-step = Step { $number } of { $of }
pin-request-lead = The PIN is for people who can have neither SPID nor the electronic identity card. It comes in two halves: the first at once, by text message or e-mail, the second by post.
pin-request-ended = Since 1 October 2020 the PIN is issued only to people who cannot have a digital identity. Whoever is under guardianship, curatorship or support administration asks for it at an office, with the person who represents them.
pin-request-instead = Do you have SPID, CIE or CNS? Log in at once: you do not need the PIN
pin-request-contacts-lead = We need at least one telephone number and at least one e-mail or certified e-mail address.
pin-request-delivery-lead = The second half of the PIN comes by letter to your home, within two or three weeks. Choose when somebody is usually there.
pin-request-confirm-lead = If something is wrong, go back: what you wrote stays.
pin-request-confirm-note = By sending the request you confirm that these details are yours. Using them in somebody else's place is a crime.
pin-request-send = Send the request
pin-request-done-title = We received your request
pin-request-done = If the details match the registers, you will shortly get the first half of the PIN by text message, e-mail or certified e-mail, and the second by letter within two or three weeks.
pin-request-done-call = If a further check is needed, an operator of the contact centre will call the number you gave.
pin-request-done-had = If you had a PIN already, the request changes nothing: if you lost it, you can restore it.

pin-fiscal-code = Fiscal code (codice fiscale)
pin-fiscal-code-hint = 16 characters, as on the tessera sanitaria
pin-fiscal-code-missing = Write the fiscal code.
pin-fiscal-code-wrong = This is not a fiscal code: check the 16 characters on the tessera sanitaria.
pin-country = Country of residence
pin-country-missing = Choose the country you live in.
pin-group = Why you ask for the PIN
pin-group-hint = The PIN is still issued in these cases only.
pin-group-minor = I am not yet 18
pin-group-no-document = I am not a citizen of the European Union and have no Italian document
pin-group-guardianship = I am under guardianship, curatorship or support administration
pin-group-missing = Choose your case. If it is none of these, log in with SPID, CIE or CNS.
pin-myself = I ask for the PIN for myself
pin-myself-hint = Nobody can ask for somebody else's PIN. Parents and guardians do so at an office.
pin-myself-missing = Only the person who needs the PIN can ask for it.
pin-name = Given name
pin-name-missing = Write the given name.
pin-name-wrong = The name is too long or has characters that we cannot read.
pin-name-contradicts = The given name does not match the fiscal code: write all given names, as on the document.
pin-surname = Family name
pin-surname-hint = For married women, the name they were born with
pin-surname-missing = Write the family name.
pin-surname-wrong = The family name is too long or has characters that we cannot read.
pin-surname-contradicts = The family name does not match the fiscal code: write all of it, as on the document.
pin-sex = Sex
pin-sex-hint = As the fiscal code has it
pin-sex-female = Female
pin-sex-male = Male
pin-sex-missing = Choose the sex that the fiscal code has.
pin-sex-contradicts = The sex does not match the fiscal code.
pin-birth-date = Date of birth
pin-birth-date-hint = Day, month and year, for example 23/7/1975
pin-birth-date-missing = Write the date of birth.
pin-birth-date-wrong = This is not a date of birth: write day, month and year, for example 23/7/1975.
pin-birth-date-contradicts = The date of birth does not match the fiscal code.
pin-birth-date-of-age = With this date of birth you are 18 already: go back and choose another case, or log in with SPID or CIE.
pin-birth-place = Place of birth
pin-birth-place-hint = The municipality, or the country if you were born abroad
pin-birth-place-missing = Write the place of birth.
pin-birth-place-unknown = We do not know this place: write the municipality as on the document, or the country.
pin-birth-place-contradicts = The place of birth does not match the fiscal code.
pin-street = Street and number
pin-street-missing = Write the street and the number.
pin-addition = What else helps to find the door
pin-addition-hint = Flat, staircase, care of whom
pin-cap = Postal code (CAP)
pin-cap-wrong = Write the postal code: five digits.
pin-comune = Municipality
pin-province = Province
pin-province-hint = Two letters, for example RM
pin-province-wrong = Write the province with two letters, for example RM.
pin-postal-code = Postal code
pin-city = City
pin-city-missing = Write the city or municipality.
pin-city-unknown = We do not know a municipality of this name in this province.
pin-region = Region or state
pin-line-wrong = The text is too long or has characters that we cannot read.
pin-mobile = Mobile telephone
pin-mobile-hint = With the country's prefix, if it is not Italian
pin-mobile-wrong = This is not a mobile number. If it is foreign, write it with its prefix, for example +41.
pin-landline = Landline telephone
pin-landline-wrong = This is not a telephone number. If it is foreign, write it with its prefix, for example +41.
pin-telephone-missing = Write at least one telephone number: without it the request cannot go on.
pin-email = E-mail address
pin-email-wrong = This is not an e-mail address.
pin-mail-missing = Write at least one e-mail or certified e-mail address: without it the request cannot go on.
pin-pec = Certified e-mail (PEC)
pin-pec-hint = If you have one
pin-pec-same = This is the same address as the e-mail: certified e-mail is another mailbox.
pin-hours = When somebody is at home
pin-hours-morning = In the morning, from 8 to 13
pin-hours-afternoon = In the afternoon, from 13 to 18
pin-hours-evening = In the evening, from 18 to 20
pin-hours-missing = Choose when the letter may come.

pin-too-many-title = Too many requests
pin-too-many-happened = Many requests came from this connection in a short time.
pin-too-many-next = Wait a few minutes and try again.

## PIN: the ways, one's own PIN

pin-hub-title = The institute's PIN
pin-hub-lead = The PIN is being retired: if you can have SPID or the electronic identity card, use those.
pin-hub-note = With the PIN one logs in with the fiscal code and eight characters. Here is what to do if you do not have it yet, if one of its halves did not come, or if you lost it.
pin-hub-instead = Log in with SPID, CIE or CNS
pin-hub-login = Log in with the PIN
pin-hub-request = Ask for the PIN
pin-hub-again = A half of the PIN did not come
pin-hub-restore = I lost the PIN
pin-hub-revoke = I lost the PIN and the contacts I had given
pin-hub-lost = You have no PIN, or lost it?
pin-hub-mine = Back to your PIN

pin-restore-title = Restore the PIN
pin-restore-lead = If you lost the PIN, write two of the contacts that you had given us: one has to be an e-mail or certified e-mail address. We send a link there, and the two halves of a new PIN to the two contacts.
pin-restore-note = A PIN can be restored if it was used at least once. A PIN that was never used is revoked and asked for anew.
pin-restore-send = Send the link
pin-restore-two = Two contacts are needed, one of them an e-mail or certified e-mail address.
pin-restore-sent-title = Look at your mail
pin-restore-sent = If the details match those of a PIN that was used already, we sent you a link. It is good for 24 hours and once only.
pin-restore-sent-not = If it does not come, check the contacts you wrote. If you no longer have those you had given us, revoke the PIN with the tessera sanitaria.
pin-restore-followed = When you press the button, the old PIN stops at once and the logins made with it end. The two halves of the new one go to the two contacts that you named.
pin-restore-now = Restore the PIN
pin-restore-again = Ask for another link
pin-restored-title = The PIN has been restored
pin-restored = The old PIN is no longer good. The two halves of the new one are on their way to the two contacts.
pin-restored-next = Once you have both, log in with the 16 characters: we will give you the PIN of eight.
pin-link-gone-title = The link is not good
pin-link-gone-happened = The link is too old, was used already, or is not for this fiscal code.
pin-link-gone-next = Check the fiscal code and the last e-mail that we sent you, or ask for another link.

pin-revoke-title = Revoke the PIN
pin-revoke-lead = If you lost the PIN and no longer have the contacts that you had given us, revoke it with the number of your tessera sanitaria. Then you can ask for another one.
pin-revoke-note = It is revoked at once and for good: logins made with the PIN end, too.
pin-revoke-now = Revoke the PIN
pin-health-card = Number of the tessera sanitaria
pin-health-card-hint = The 20 digits on the back, which begin with 80380
pin-health-card-missing = Write the number of the tessera sanitaria.
pin-health-card-wrong = This is not the number of a tessera sanitaria: it is 20 digits and begins with 80380.
pin-health-card-unknown = The number does not match this fiscal code. If the card is new, try again in a few days or go to an office.
pin-revoked-title = The PIN is revoked
pin-revoked = There is no good PIN with this fiscal code any more.
pin-revoked-next = For the online services use SPID, CIE or CNS. If you cannot have them, ask for another PIN.

pin-again-title = A half of the PIN did not come
pin-again-lead = We can send the first half again, or a new letter: with the letter the first half changes, too.
pin-again-what = What did not come
pin-again-first = Send the first half again
pin-again-letter = Send a new letter
pin-again-what-missing = Choose what to send.
pin-again-contact = Write one of the contacts that you gave with the request.
pin-again-note = Write at least one of the contacts that you gave with the request. What we send always goes to the contacts and the address of the request.
pin-again-send = Send
pin-again-sent-title = We received what you ask
pin-again-sent = If the details match a PIN that waits for its first access, we sent it to you.
pin-again-sent-limits = The first half of a pair is sent again a few times, not more. There are at most four letters in thirty days, a day apart. If the time of the two halves has passed, it takes a new letter.

pin-mine-title = Your PIN
pin-mine-sent = It is on its way to the contacts and the address of the request.
pin-mine-no-letter = A new letter can be asked for from { $when }.
pin-mine-revoke = Revoke the PIN
pin-mine-revoke-lead = If you no longer need it, or somebody may have seen it, revoke it: it stops at once.
pin-status-none = You have no PIN.
pin-status-initial = Your PIN waits for its first access: it takes both halves.
pin-status-pair-ended = The two halves of your PIN are no longer good. If you never used it, ask for a new letter; otherwise restore it.
pin-status-working = Your PIN is active.
pin-status-expired = Your PIN has expired: at the next login with it you get another one, of the same grade.
pin-status-switched-off = Your PIN is switched off, because it was not used for six months: restore it if you need it.
pin-status-locked = Your PIN is locked because of too many wrong tries: restore it if you need it.
pin-status-revoked = Your PIN has been revoked.
pin-grade = Grade
pin-grade-ordinary = Ordinary: to consult
pin-grade-dispositive = Dispositive: to make requests, too
pin-fact-halves = The two halves are good until
pin-fact-expires = It expires on
pin-fact-used = Last login
pin-telephone-title = Temporary telephone PIN
pin-telephone-lead = By it the contact centre recognises you when you call. It opens no online service.
pin-telephone-made = Your telephone PIN is
pin-telephone-once = Write it down now: we will not show it again.
pin-telephone-until = You have a telephone PIN, good until { $when }.
pin-telephone-end = Cancel the telephone PIN
pin-telephone-ended = The telephone PIN is no longer good.
pin-telephone-term = For how long it should be good
pin-term-day = One day
pin-term-week = One week
pin-term-month = One month
pin-term-three-months = Three months
pin-telephone-make = Make a telephone PIN
pin-telephone-replaces = The one that you have now stops.
pin-telephone-needs = Making one takes a login with SPID, CIE or CNS.
pin-telephone-login-title = It takes another login
pin-telephone-login-happened = A telephone PIN is made only with a login by SPID, CIE or CNS, and the one you have is not enough or counts no more.
pin-telephone-login-next = Log in again with SPID, CIE or CNS.
pin-not-now-title = Not possible now
pin-not-now-happened = Your PIN is not, or no longer, in a state in which this can be done.
pin-not-now-next = Go back to your PIN and see what can be done.

document-kind = Document
document-identity-card = Identity card
document-driving-licence = Driving licence
document-passport = Passport
document-number = Number of the document
document-issuer = Issued by
document-issuer-hint = The municipality, prefecture, vehicle office or police headquarters, as the document says.
document-expires = Expires on
document-expires-hint = For example 23/7/2031. The last day written on the document counts.
document-kind-missing = Choose which document you have.
document-number-missing = Write the number of the document.
document-issuer-missing = Write who issued the document.
document-expires-missing = Write the day of expiry with day, month and year.
document-expired = The document has expired: use one that is valid.

convert-title = From an ordinary to a dispositive PIN
convert-step-one = Step 1 of 2
convert-step-two = Step 2 of 2
convert-lead = With a dispositive PIN you can make requests, too. To get it, you sign a form and send us a copy of your document.
convert-look = Check the data that we have, and tell us which document you have.
convert-confirm = The personal data, the address and the contacts above are right
convert-confirm-missing = Confirm that the data are right. If they are not, go to an office with a document.
convert-wrong-data = If something is wrong, do not go on: it is put right at an office, with a document.
convert-go = Prepare the form
convert-form-title = The form to sign
convert-download-lead = Download the form. It has a code that ties it to your request:
convert-download = Download the form (PDF)
convert-sign = Print it, write the date and sign it.
convert-copy = Make a copy, front and back, of this document:
convert-send-lead = Send us the signed form and the copy of the document in one PDF file.
convert-bounds = It may have at most { $pages } pages and { $megabytes } MB.
convert-file = The PDF file
convert-send = Send the request
convert-until = The form can be sent until { $when }.
convert-other-document = Use another document: the form changes
convert-waits-title = Your request has arrived
convert-came = The signed form arrived on { $when }.
convert-waits = Two operators look at it and decide. Meanwhile your ordinary PIN goes on working.
convert-waits-mail = As soon as it is decided, we write to your contacts.
convert-raised-title = Your PIN is dispositive
convert-raised = Now you can make requests, too. The PIN has remained the same.
convert-raised-next = What you had submitted provisionally is worked on: we told whoever took it.
convert-login-title = A login with the PIN is needed
convert-login-happened = An ordinary PIN is converted here only after a login with that PIN.
convert-login-next = Log in with the PIN. If you have SPID, CIE or CNS you do not need this: you can make requests already.
convert-login-pin = Log in with the PIN
convert-login-other = Log in another way

upload-missing = Choose the PDF file to send.
upload-too-large = The file is too large. Lower the quality of the scan and try again.
upload-not-pdf = The file is not a PDF. Put form and document into one PDF and try again.
upload-unreadable = The PDF cannot be read. Save it again with “Print to PDF” and try again.
upload-encrypted = The PDF is protected by a password. Save it without and try again.
upload-active = The PDF has programs or automatic actions in it. Save it again with “Print to PDF” and try again.
upload-attachments = The PDF has other files or films in it. Save it again with “Print to PDF” and try again.
upload-too-many-pages = The PDF has too many pages. Leave only the form and the copy of the document.
upload-too-costly = The PDF is too heavy to show. Lower the quality of the scan and try again.
upload-unavailable = At the moment we cannot look at the file. Try again in a few minutes: the request stays open.

receipts-title = Receipts of requests submitted provisionally
receipts-lead = With an ordinary PIN a request can be submitted: time limits stop that day, and the request is worked on once the PIN is dispositive.
receipts-none = There is no receipt.
receipts-download = Download the receipt (PDF)
receipts-login = Log in
receipts-login-title = A login is needed
receipts-login-happened = Receipts are seen only by whoever made the requests.
receipts-login-next = Log in and come back to this page.

paper-fiscal-code = Fiscal code
paper-full-name = Name and surname
paper-sex = Sex
paper-female = female
paper-male = male
paper-birth = Birth
paper-residence = Residence
paper-mobile = Mobile telephone
paper-landline = Landline telephone
paper-email = E-mail
paper-pec = Certified e-mail (PEC)
paper-person = Who asks
paper-document = Identity document
paper-place-and-date = Place and date
paper-signature = Signature
paper-conversion-title = Request for a dispositive PIN
paper-conversion-code = Code of the request
paper-conversion-asks = What is asked
paper-conversion-asked = I ask that my ordinary PIN become dispositive, and I declare that:
paper-conversion-true = the data written above are true, and I know that false declarations are punished by law (article 76 of d.P.R. 445/2000);
paper-conversion-own = I alone will use the PIN, for myself or for those whom I may represent;
paper-conversion-copy = I attach the copy, front and back, of the document named here.
paper-conversion-until = The signed form and the copy of the document are sent in one PDF by { $when }.
paper-mv35-title = Form MV35: request for a dispositive PIN at an office
paper-mv35-number = Number of the form
paper-mv35-issue = a dispositive PIN
paper-mv35-convert = that the ordinary PIN become dispositive
paper-mv35-restore = a new PIN for the lost one
paper-mv35-contacts = other contacts for the PIN
paper-mv35-person = Whose PIN it is
paper-mv35-applicant = Who signs
paper-mv35-who = Who it is
paper-mv35-declares = I declare that the data written above are true, and I know that false declarations are punished by law (article 76 of d.P.R. 445/2000). The PIN is personal: only the person named here will use it, or whoever represents them by law.
paper-mv35-office-part = For the office
paper-mv35-office = Office and operator
paper-mv35-reached = Contacts
paper-mv35-seen = Original document seen, form signed before the operator
paper-mv35-date = Date
paper-mv35-operator-signature = Signature of the operator
paper-receipt-title = Receipt of a provisional submission
paper-receipt-name = Receipt
paper-receipt-at = Submitted on
paper-receipt-service = Service
paper-receipt-application = Taken by
paper-receipt-number = number
paper-receipt-digest = SHA-256 digest of what was sent
paper-receipt-proves = The request was submitted with an ordinary PIN on the day and at the hour written above: from that day on time limits have stopped.
paper-receipt-waits = The request will be worked on once the PIN has become dispositive.
paper-receipt-raised = The PIN became dispositive on { $when }: since then the request can be worked on.
paper-receipt-seal = Seal
paper-receipt-seal-is = The same receipt as a signed token (JWT). Whoever verifies it with the keys that the institute publishes knows that nothing was changed.

## The desk of the operators

desk-title = Operators' desk
desk-lead = Look for a person or take a piece of work.
desk-path = Path
desk-home = Back to the desk
desk-role-office = office operator
desk-role-contact-centre = contact-centre operator
desk-role-supervisor = supervisor
desk-search-title = Look for a person
desk-search-button = Open the case
desk-field-fiscal-code = Fiscal code
desk-field-reason = Reason
desk-field-reason-hint = It stays in the log with your name, for example: the person is at the office and has lost the PIN.
desk-wrong-fiscal-code = This is not a fiscal code: it has 16 characters and the last letter must fit the others.
desk-wrong-reason = Write the reason on one line, with at least 5 letters and at most 500 characters.

desk-operators-only-title = This page is for operators
desk-operators-only-happened = You are logged in, but you are not among the operators of { $organization }.
desk-operators-only-next = If you work at the desk, ask whoever is responsible for you to be enabled. If you are looking for your own services, go to the start page.

desk-login-again-title = You need to log in again
desk-login-again-happened = Work at the desk takes a recent login of level 3. What you had sent was not done.
desk-login-again-next = Go back to the desk: you will be asked to log in again, then repeat what you were doing.

desk-role-title = This is the work of another role
desk-role-happened = Your role does not include this, and it was not done.
desk-role-next = Hand the person over to a colleague who may do it.

desk-oneself-title = You cannot serve yourself
desk-oneself-happened = This is about you: nobody serves themselves at the desk. It was not done.
desk-oneself-next = Turn to a colleague, or use the online services like everybody else.

desk-grade-ordinary = ordinary
desk-grade-dispositive = dispositive

desk-by-holder = the person
desk-by-system = the system
desk-by-import = the import
desk-by-former = { $role } who has left

desk-document-identity-card = identity card
desk-document-driving-licence = driving licence
desk-document-passport = passport

desk-status-none = no PIN
desk-status-initial = initial PIN sent, waiting for the first access
desk-status-pair-ended = initial PIN no longer good
desk-status-working = active
desk-status-expired = expired, renewed at the next login
desk-status-switched-off = switched off because it was not used
desk-status-locked = locked after too many tries
desk-status-revoked = revoked

desk-step-requested = PIN asked for, to be checked by telephone
desk-step-call-claimed = Call taken on
desk-step-call-released = Call given back
desk-step-request-refused = Request refused
desk-step-issued = PIN issued
desk-step-half-resent = First half sent again
desk-step-half-used = First half used alone
desk-step-letter-resent = New letter sent
desk-step-pair-died = Initial PIN annulled after too many tries
desk-step-pair-ended = Initial PIN ended without being used
desk-step-first-access = First access, PIN of 8 characters assigned
desk-step-rehashed = Keeping of the PIN brought up to date
desk-step-renewed = PIN renewed
desk-step-warned = Warning of the expiry sent
desk-step-switched-off = PIN switched off because it was not used
desk-step-closed-to-strangers = PIN closed to devices never used, after too many tries
desk-step-locked = PIN locked after too many tries
desk-step-restore-asked = Restore asked for, link sent
desk-step-restored = PIN restored
desk-step-revoked = PIN revoked
desk-step-conversion-begun = Conversion begun, form made
desk-step-conversion-submitted = Conversion form received
desk-step-conversion-claimed = Conversion taken on
desk-step-conversion-released = Conversion given back
desk-step-acceptance-proposed = First opinion for the conversion
desk-step-rejection-proposed = First opinion against the conversion
desk-step-conversion-accepted = Conversion accepted
desk-step-conversion-rejected = Conversion rejected
desk-step-conversion-dropped = Conversion given up
desk-step-grade-raised = PIN made dispositive at an office
desk-step-provisional-taken = Application taken until the PIN is dispositive
desk-step-telephone-pin-made = Telephone PIN made
desk-step-telephone-pin-used = Recognised on the telephone by the telephone PIN
desk-step-telephone-pin-ended = Telephone PIN ended
desk-step-contacts-changed = Contacts changed
desk-step-imported = PIN imported
desk-step-looked-up = Case opened by an operator

desk-case-title = Case
desk-credential = The PIN
desk-person = The person
desk-person-unknown = No data of this person are on record.
desk-actions = What you can do
desk-history = What happened
desk-history-empty = Nothing has happened yet.
desk-surname = Family name
desk-name = Given name
desk-born = Birth
desk-residence = Residence
desk-phones = Telephone
desk-mails = E-mail
desk-grade = Grade
desk-issued = Issued
desk-pair-ends = Initial PIN good until
desk-used = Last used
desk-expires = Expires
desk-request-since = Request to be checked by telephone since
desk-conversion-since = Conversion to be decided since
desk-telephone-until = Telephone PIN good until
desk-letter-from = Next letter not before

desk-issue = Issue a dispositive PIN
desk-register = Register a request by telephone
desk-convert = Make the PIN dispositive
desk-recognise = Recognise by the telephone PIN
desk-revoke = Revoke the PIN
desk-revoke-lead = The PIN stops working at once and every login made with it ends. To have another one a new request is needed. The person is told at all contacts on record.
desk-case-back = Back to the case

desk-case-gone-title = Case not open
desk-case-gone-happened = This case is not open, or was closed because too much time has passed.
desk-case-gone-next = Go back to the desk and look for the person again.

desk-not-done-title = Not done
desk-not-done-happened = { $why }
desk-not-done-next = Nothing has changed. Go back to the case to see how it stands now.

desk-busy-title = Case in use
desk-busy-happened = Others are changing this case at the same moment. Nothing was done.
desk-busy-next = Go back to the case, see what has changed and try again.

desk-why-no-letter = No other letter can be sent before { $free }.
desk-why-contacts = The contacts on record are not enough: at least one telephone and one e-mail address are needed.
desk-why-issuance-ended = PINs are no longer issued, except to minors, to people from outside the EU without an Italian document and to people under guardianship.
desk-why-of-age = The person is of age: the PIN cannot be issued as to a minor.
desk-why-delegate = A PIN is not issued to a delegate: only the person can come, or their guardian or parent.
desk-why-already-issued = The person has a PIN already.
desk-why-already-requested = There is a request under way already.
desk-why-already-dispositive = The PIN is dispositive already.
desk-why-no-address = No address to send to is on record.
desk-why-never-used = The PIN was never used: it can only be revoked and another one issued.
desk-why-claimed = A colleague is at it already.
desk-why-not-claimed = It is no longer in your hands: perhaps too much time has passed, or it was given back.
desk-why-same-operator = You have given your opinion already: a colleague has to decide.
desk-why-document-expired = The document has expired.
desk-why-not-proven = The code is not the right one.
desk-why-state = In the state that the PIN is in now, this is not possible.

desk-calls = People to call
desk-conversions = Conversions to decide
desk-queue-empty = Nothing is waiting.
desk-queue-lead = Who has waited longest comes first. What you take is yours for the time set: if you neither decide it nor give it back, it returns to everybody.
desk-queue-more = There are { $more } more: they will appear once these are decided.
desk-waits-since = Waiting since { $since }
desk-taken = Taken by { $name } until { $until }
desk-spoke = { $name } has given an opinion
desk-take = Take it
desk-release = Give it back
desk-by-nobody-now = an operator who has left
desk-call = Call to check
desk-call-lead = Call the person and check the data. If they are right, the PIN leaves as if the address had been validated by itself. If they are wrong, the request is closed and the reason you write is sent to the person.
desk-call-right = The data are right: issue the PIN
desk-call-wrong = The data are wrong: close the request
desk-exception = Why they may have a PIN
desk-hours = Hours for the letter
desk-conversion = Conversion to a dispositive PIN
desk-conversion-lead = Look at the form and the document. The second operator of the same mind decides; if the conversion is rejected, the reason you write is sent to the person.
desk-conversion-accept = I am for it
desk-conversion-reject = I am against it
desk-conversion-code = Code on the form
desk-document = Document declared
desk-document-expires = expires on { $day }
desk-opinions = Opinions
desk-opinion-for = { $name }: for it, { $reason }
desk-opinion-against = { $name }: against it, { $reason }

desk-queues = Work that waits
desk-issue-lead = The person must be before you, with a valid document and form MV35 signed. For a minor or somebody under guardianship the parent or guardian may come; a delegate never.
desk-register-lead = Write what the person says on the telephone. If all of it fits the fiscal code, an ordinary PIN leaves: you read the first half aloud and it comes by message as well, the second half comes by letter.
desk-convert-lead = The person must be before you, with a valid document and form MV35 signed. The PIN stays the same and becomes dispositive at once.
desk-issued-title = PIN issued
desk-envelope = The sealed envelope is being printed at the office { $office }.
desk-envelope-note = Hand it over closed: nobody, not even you, sees the PIN. The person uses it for the first access and is told at all contacts on record.
desk-first-half-lead = Read the first half of the PIN to the person now: this page cannot be opened again. The second half comes by letter.
desk-first-half = First half
desk-exception-none = none of the reasons below
desk-applicant = Who is at the desk
desk-applicant-hint = Never a delegate: only the person, or their guardian or parent.
desk-applicant-holder = the person
desk-applicant-guardian = the guardian, curator or support administrator
desk-applicant-parent = a parent
desk-applicant-code = Fiscal code of the guardian or parent
desk-applicant-code-missing = Write the fiscal code of who came for the person.
desk-document-kind = Document shown
desk-document-number = Number of the document
desk-document-issuer = Issued by
desk-document-until = Valid until
desk-form = Number of form MV35
desk-form-hint = The number under which the signed form is filed. The one proposed stands on the form downloaded from here, too.
desk-seen = I saw the document itself, and the form was signed before me
desk-seen-missing = Without document and signature no PIN can be issued.
desk-choice-missing = Choose one of them.
desk-line-missing = This is missing: write it.

desk-recognise-lead = Ask the person for the telephone PIN that they made in their own area, and write it here. After too many mistakes it is no longer good.
desk-recognise-code = Telephone PIN as the person says it
desk-recognise-wrong = This is not the telephone PIN of this person.
desk-restore = Restore the lost PIN
desk-restore-lead = The person must be before you, with a valid document and form MV35 signed. The old PIN stops working at once and logins made with it end; the grade stays the same.
desk-restored-title = PIN restored
desk-conversion-page = Page { $number } of { $of } of the file received
desk-again = Send a half of the PIN again
desk-again-lead = The first half leaves at once and the one before is no longer good; with a new letter both halves change. Everything goes to the contacts and the address on record: nobody at the desk sees the PIN. If a contact is wrong, an office has to change it first.
desk-again-first-to = The first half goes to
desk-again-letter-to = The letter goes to
desk-again-hours-hint = For a new letter only.
desk-again-hours-any = at any time
desk-contacts = Change the contacts
desk-contacts-lead = The person must stand before you, with a valid document and form MV35 signed: whoever has these contacts can restore the PIN. Word of the change goes to the old contacts as well as to the new ones.
desk-postal-code = Italian CAP, or postal code abroad
desk-region = Province in two letters, or region abroad
desk-print = Download form MV35 to sign
desk-why-too-many = It was sent too often already: it takes a new letter.
desk-why-nothing = There is nothing to change: it is so already.
## Who still uses the PIN: the picture of `varco pin report`

pin-report-title = Who still uses the PIN
pin-report-ordinary = ordinary PIN
pin-report-dispositive = dispositive PIN
pin-report-categories = By category, { $month }
pin-report-several = Above, the people of each month. Whoever is of several categories counts in each.
pin-report-none = Nobody used a PIN.
pin-report-count = { $of }: { $ordinary } with an ordinary PIN, { $dispositive } with a dispositive PIN.
