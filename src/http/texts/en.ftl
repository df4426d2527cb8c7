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
