// `jose`, the library under openid-client, reads a security event token (RFC 8417) as an application would.
//
//   node event.mjs '{"jwks": ..., "issuer": ..., "audience": ..., "token": ...}'
//
// Prints header and claims, and why the same token does not do where it must not: as an ID token, for another application, and
// with a claim changed.

import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;
const { createLocalJWKSet, jwtVerify } = await import('jose');

const { jwks, issuer, audience, token } = JSON.parse(process.argv[2]);
const keys = createLocalJWKSet(jwks);
const event = {
  issuer,
  audience,
  typ: 'secevent+jwt',
  algorithms: ['ES256'],
  requiredClaims: ['jti', 'iat', 'sub_id', 'events'],
};

async function refusal(text, options) {
  try {
    await jwtVerify(text, keys, options);
    return 'taken';
  } catch (error) {
    return error.code;
  }
}

function changed(text) {
  const [header, payload, signature] = text.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  claims.jti = 'another';
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

const { protectedHeader, payload } = await jwtVerify(token, keys, event);
const idToken = { issuer, audience, algorithms: ['ES256'], requiredClaims: ['sub', 'exp'] };
console.log(
  JSON.stringify({
    header: protectedHeader,
    claims: payload,
    asIdToken: await refusal(token, idToken),
    forAnother: await refusal(token, { ...event, audience: 'another' }),
    changed: await refusal(changed(token), event),
  }),
);
