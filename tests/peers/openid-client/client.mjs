// openid-client proves itself in the ways that clients of Varco may, and reads ID tokens in the algorithms they may have.
//
//   node client.mjs '{"issuer": ..., "address": ..., "cookie": ..., "clients": [{"id", "redirectUri", "algorithm", "secret" | "key"}]}'
//
// The gateway answers at `address` over plain HTTP, as behind a proxy; `cookie` is the session of somebody who is logged
// in; `key` is a PKCS #8 private key for P-256 in base64. Prints the claims of each client's ID token as JSON.

import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;
const oidc = await import('openid-client');

const given = JSON.parse(process.argv[2]);
const locally = (url) => String(url).replace(given.issuer, given.address);

async function authentication(client) {
  if (client.secret) return oidc.ClientSecretBasic(client.secret);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const der = Buffer.from(client.key, 'base64');
  return oidc.PrivateKeyJwt(await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']));
}

async function logIn(client) {
  const metadata = { id_token_signed_response_alg: client.algorithm };
  const config = await oidc.discovery(new URL(given.issuer), client.id, metadata, await authentication(client), {
    [oidc.customFetch]: (url, options) => fetch(locally(url), options),
  });
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: client.redirectUri,
    scope: 'openid',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    max_age: '600',
  });
  const answer = await fetch(locally(url), { redirect: 'manual', headers: { cookie: given.cookie } });
  const tokens = await oidc.authorizationCodeGrant(config, new URL(answer.headers.get('location')), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    maxAge: 600,
  });
  return tokens.claims();
}

const claims = [];
for (const client of given.clients) claims.push(await logIn(client));
console.log(JSON.stringify(claims));
