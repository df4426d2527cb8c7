"""One entity of an Italian OpenID Federation for the tests: the package spid-cie-oidc, which is not ours, in a process of
its own, over TLS on a port of its own.

Usage: entity.py ROLE FOLDER CERTIFICATE KEY AUTHORITIES, ROLE one of anchor, cie, spid. A JSON document a line, both ways.
First it prints {"port": N}. It then reads what it must know, {"anchor": ORIGIN, "people": [...], "jwe": [ALG, ENC]},
answers {"jwks": [...], "metadata": {...}} (its federation keys, what it says of itself) once it serves, and after that each of these with a line:
  {"enrol": ENTITY_ID, "type": ENTITY_TYPE, "jwks": [...], "policy": {...}}   an anchor: a subordinate; {"trust_marks": [...]}
  {"trust_marks": [...]}                                                      a provider: what it shows from now on; {}
  {"jwe": [ALG, ENC]}                                                         a provider: how it encrypts from now on; {}
  {"issued": CLIENT_ID}                                                       a provider: {"live": N, "revoked": N} access tokens
Ends with its standard input.
"""

import json
import os
import socket
import socketserver
import ssl
import sys
import threading
from wsgiref import simple_server

role, folder, certificate, key, authorities = sys.argv[1:]
is_anchor = role == "anchor"
profile = "spid" if role == "spid" else "cie"
# Whom it trusts when it asks others (OpenSSL reads this).
os.environ["SSL_CERT_FILE"] = authorities


def say(document):
    print(json.dumps(document), flush=True)


class Server(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    """Each connection in a thread of its own, its handshake included: none holds up another."""

    daemon_threads = True
    address_family = socket.AF_INET

    def get_request(self):
        connection, address = super().get_request()
        connection.settimeout(30)
        wrapped = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address

    def handle_error(self, request, client_address):
        """A client that goes away is no error here."""


class Handler(simple_server.WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = Server(("127.0.0.1", 0), Handler)
say({"port": server.server_port})
told = json.loads(sys.stdin.readline())

anchor = told["anchor"]
origin = f"https://127.0.0.1:{server.server_port}"
entity_id = origin if is_anchor else f"{origin}/oidc/op"

import aiohttp
import django
from django.conf import settings

applications = ["entity", "authority", "provider"]
if is_anchor:
    applications += ["onboarding", "relying_party"]
installed = [
    "spid_cie_oidc.accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "bootstrap_italia_template",
    *(f"spid_cie_oidc.{name}" for name in applications),
    "djagger",
]


class TablesFromModels:
    """The database is new each time: its tables are made as they are now, not by their whole history."""

    def __contains__(self, application):
        return True

    def __getitem__(self, application):
        return None


jwe_alg, jwe_enc = told["jwe"]
processors = "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
settings.configure(
    ENTITY_IS_ANCHOR=is_anchor,
    SECRET_KEY="for tests",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="addresses",
    APPEND_SLASH=False,
    USE_TZ=True,
    TIME_ZONE="UTC",
    LANGUAGE_CODE="en",
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    AUTH_USER_MODEL="spid_cie_oidc_accounts.User",
    # All entities are on one host: each needs its own.
    SESSION_COOKIE_NAME=f"session-{role}",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(folder, f"{role}.sqlite3"),
            "OPTIONS": {"timeout": 30},
        }
    },
    MIGRATION_MODULES=TablesFromModels(),
    INSTALLED_APPS=installed,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request", *processors]},
        }
    ],
    LOGGING={
        "version": 1,
        "handlers": {"errors": {"class": "logging.StreamHandler"}},
        "loggers": {"spid_cie_oidc": {"handlers": ["errors"], "level": "WARNING"}, "django.request": {"handlers": ["errors"], "level": "ERROR"}},
    },
    DJAGGER_DOCUMENT={"app_names": ["spid_cie_oidc"]},
    ADMIN_PATH="admin/",
    OIDCFED_DEFAULT_TRUST_ANCHOR=anchor,
    OIDCFED_TRUST_ANCHORS=[anchor],
    OIDCFED_PROVIDER_PROFILE=profile,
    OIDCFED_DEFAULT_PROVIDER_PROFILE=profile,
    OIDCFED_PROVIDER_MAX_CONSENT_TIMEFRAME=3600,
    OIDCFED_PROVIDER_MAX_REFRESH=10,
    OIDCFED_IDENTITY_PROVIDERS={},
    OIDCFED_REQUIRED_TRUST_MARKS=[],
    OIDCFED_FEDERATION_TRUST_MARKS_PROFILES={},
    HTTP_CLIENT_SYNC=False,
    DEFAULT_JWE_ALG=jwe_alg,
    DEFAULT_JWE_ENC=jwe_enc,
    HTTPC_PARAMS={"connection": {"ssl": True}, "session": {"timeout": aiohttp.ClientTimeout(total=20)}},
)
django.setup()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from spid_cie_oidc.authority.models import (
    FederationDescendant,
    FederationEntityAssignedProfile,
    FederationEntityProfile,
)
from spid_cie_oidc.entity import jwtse
from spid_cie_oidc.entity.jwks import create_jwk, public_jwk_from_private_jwk
from spid_cie_oidc.entity.models import FederationEntityConfiguration
from spid_cie_oidc.provider.models import IssuedToken

LEVEL = "https://www.spid.gov.it/SpidL"
SIGNATURES = ["RS256", "RS512", "ES256", "ES512"]
KEY_ENCRYPTIONS = ["RSA-OAEP", "RSA-OAEP-256"]
ENCRYPTIONS = ["A128CBC-HS256", "A256CBC-HS512"]


def mark_id(entity_type):
    return f"{anchor}/{entity_type}/public/"


def of_the_federation(**besides):
    return {
        "organization_name": f"Peer {role}",
        "homepage_uri": origin,
        "policy_uri": f"{origin}/policy",
        "logo_uri": f"{origin}/logo.svg",
        "contacts": ["pec@peer.example"],
        "federation_resolve_endpoint": f"{entity_id}/resolve",
        **besides,
    }


def become_an_anchor(federation_keys):
    types = "openid_relying_party", "openid_provider"
    FederationEntityConfiguration.objects.create(
        sub=entity_id,
        jwks_fed=federation_keys,
        jwks_core=[],
        entity_type="federation_entity",
        is_active=True,
        constraints={"max_path_length": 1},
        trust_mark_issuers={mark_id(kind): [entity_id] for kind in types},
        metadata={
            "federation_entity": of_the_federation(
                federation_fetch_endpoint=f"{entity_id}/fetch",
                federation_list_endpoint=f"{entity_id}/list",
                federation_trust_mark_status_endpoint=f"{entity_id}/trust_mark_status",
            )
        },
    )
    for kind in types:
        FederationEntityProfile.objects.create(
            name=f"{kind} public",
            profile_category=kind,
            profile_id=mark_id(kind),
            trust_mark_template={
                "id": mark_id(kind),
                "organization_type": "public",
                "id_code": {"ipa_code": "prova"},
                "email": "pec@peer.example",
                "organization_name": "Peer",
                "ref": origin,
                "logo_uri": f"{origin}/mark.svg",
            },
        )


def become_a_provider(federation_keys):
    core_keys = [dict(create_jwk(), use=use) for use in ("sig", "enc")]
    public_keys = [dict(public_jwk_from_private_jwk(one), use=one["use"]) for one in core_keys]
    metadata = {
        "issuer": entity_id,
        "organization_name": f"Peer {role}",
        **{f"{name}_endpoint": f"{entity_id}/{name}" for name in ("authorization", "token", "userinfo", "introspection", "revocation")},
        "jwks": {"keys": public_keys},
        "scopes_supported": ["openid", "offline_access", *(["profile", "email"] if profile == "cie" else [])],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "acr_values_supported": [f"{LEVEL}{level}" for level in (1, 2, 3)],
        "subject_types_supported": ["pairwise"],
        "code_challenge_methods_supported": ["S256"],
        "client_registration_types_supported": ["automatic"],
        "request_authentication_methods_supported": {"authorization_endpoint": ["request_object"]},
        "request_authentication_signing_alg_values_supported": SIGNATURES,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "authorization_response_iss_parameter_supported": True,
        "tls_client_certificate_bound_access_tokens": False,
        "claims_supported": ["given_name", "family_name", "birthdate", "https://attributes.eid.gov.it/fiscal_number"],
    }
    uses = "id_token", "userinfo", "request_object"
    for use in (*uses, "token_endpoint_auth"):
        metadata[f"{use}_signing_alg_values_supported"] = SIGNATURES
    for use in uses:
        metadata[f"{use}_encryption_alg_values_supported"] = KEY_ENCRYPTIONS
        metadata[f"{use}_encryption_enc_values_supported"] = ENCRYPTIONS
    FederationEntityConfiguration.objects.create(
        sub=entity_id,
        jwks_fed=federation_keys,
        jwks_core=core_keys,
        entity_type="openid_provider",
        is_active=True,
        authority_hints=[anchor],
        metadata={"federation_entity": of_the_federation(), "openid_provider": metadata},
    )
    for person in told["people"]:
        user = get_user_model().objects.create_user(person["username"], password=person["password"])
        user.attributes = person["attributes"]
        user.save()


def enrol(order):
    """A subordinate statement for it from now on, and a trust mark."""
    subordinate, _ = FederationDescendant.objects.update_or_create(
        sub=order["enrol"],
        defaults={
            "name": order["enrol"],
            "type": order["type"],
            "jwks": order["jwks"],
            "metadata_policy": order.get("policy", {}),
            "status": "valid",
            "is_active": True,
        },
    )
    assigned, _ = FederationEntityAssignedProfile.objects.get_or_create(
        descendant=subordinate,
        profile=FederationEntityProfile.objects.get(profile_id=mark_id(order["type"])),
        issuer=FederationEntityConfiguration.objects.get(),
    )
    return {"trust_marks": [assigned.trust_mark]}


def show(order):
    FederationEntityConfiguration.objects.update(trust_marks=order["trust_marks"])
    return {}


def encrypt(order):
    # The package reads its settings once, when it is imported.
    jwtse.DEFAULT_JWE_ALG, jwtse.DEFAULT_JWE_ENC = order["jwe"]
    return {}


def issued(order):
    """Its userinfo endpoint takes those that are live, and no others."""
    tokens = IssuedToken.objects.filter(session__client_id=order["issued"])
    live = tokens.filter(revoked=False, session__revoked=False).count()
    return {"live": live, "revoked": tokens.count() - live}


ORDERS = {"enrol": enrol, "trust_marks": show, "jwe": encrypt, "issued": issued}

call_command("migrate", run_syncdb=True, verbosity=0)
keys = [create_jwk()]
if is_anchor:
    become_an_anchor(keys)
else:
    become_a_provider(keys)
server.set_app(get_wsgi_application())
# Told so, because addresses are recognised by their scheme too.
server.base_environ["HTTPS"] = "on"
threading.Thread(target=server.serve_forever, daemon=True).start()
itself = FederationEntityConfiguration.objects.get()
say({"jwks": [public_jwk_from_private_jwk(one) for one in keys], "metadata": itself.metadata})
for line in sys.stdin:
    order = json.loads(line)
    say(next(work for name, work in ORDERS.items() if name in order)(order))
