"""Signs, verifies, encrypts and decrypts with jwcrypto, a foreign JOSE library: jobs as a JSON array on standard input,
answers as one on standard output, null for what jwcrypto refuses. Called by tests/suite/jose_differential.rs."""

import json
import sys

from jwcrypto import jwe, jwk, jws


def sign(key, job):
    token = jws.JWS(job["payload"].encode())
    token.add_signature(key, alg=job["alg"], protected=json.dumps(job["header"]))
    return token.serialize(compact=True)


def verify(key, job):
    token = jws.JWS()
    token.deserialize(job["token"], key=key)
    return token.payload.decode()


def encrypt(key, job):
    message = jwe.JWE(job["payload"].encode(), recipient=key, protected=json.dumps(job["header"]))
    return message.serialize(compact=True)


def decrypt(key, job):
    message = jwe.JWE()
    message.deserialize(job["token"], key=key)
    return message.payload.decode()


def thumbprint(key, _job):
    return key.thumbprint()


def answer(job):
    try:
        key = jwk.JWK.from_pem(job["key"].encode())
        return globals()[job["do"]](key, job)
    except Exception:  # whatever jwcrypto raises is a refusal
        return None


json.dump([answer(job) for job in json.load(sys.stdin)], sys.stdout)
