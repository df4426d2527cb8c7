"""A mail server for the tests: aiosmtpd, which is not ours, on a port of its own.

Usage: server.py MODE [CERTIFICATE KEY USER PASSWORD], MODE one of tls, starttls, plain. First prints its port, then a JSON
document a line for each message that it took, read by Python's own parser of messages. Recipients at `refused.example` are
refused for good, those at `later.example` for now. Ends with its standard input.
"""

import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

# It warns of what the tests want: that TLS is around it rather than in it.
logging.disable(logging.WARNING)
warnings.simplefilter("ignore")

mode, *rest = sys.argv[1:]
context = None
user = password = None
if mode != "plain":
    certificate, key, user, password = rest
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)


def say(line):
    print(line, flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@refused.example"):
            return f"550 no mailbox {address} here"
        if address.endswith("@later.example"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say(
            json.dumps(
                {
                    "hello": session.host_name,
                    "tls": session.ssl is not None or mode == "tls",
                    "authenticated": bool(session.authenticated),
                    "from": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "headers": {name.lower(): str(value) for name, value in message.items()},
                    "defects": [str(defect) for defect in message.defects],
                    "text": message.get_content(),
                }
            )
        )
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    if (data.login, data.password) == (user.encode(), password.encode()):
        return AuthResult(success=True)
    return AuthResult(success=False, handled=False)


arguments = {}
if mode == "tls":
    arguments["ssl_context"] = context
elif mode == "starttls":
    arguments.update(tls_context=context, require_starttls=True)
if user:
    arguments.update(
        authenticator=authenticate,
        auth_required=True,
        # Within TLS from the first byte, the server does not see the TLS.
        auth_require_tls=mode == "starttls",
    )


class OnAnyPort(Controller):
    """The port is the system's choice, so it is not known before the server is there."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


controller = OnAnyPort(Handler(), hostname="127.0.0.1", port=0, **arguments)
controller.start()
say(controller.port)
sys.stdin.read()
controller.stop()
