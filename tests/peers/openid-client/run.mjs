// openid-client, a certified relying party, logs a person in through Varco: the whole way, over TLS.
//
//   NODE_EXTRA_CA_CERTS=ca.pem node run.mjs '{"issuer": ..., "client": {"id": ..., "secret": ...}, ...}'
//
// Everything that should hold is asserted here; what the caller may want to look at is printed as JSON. The members:
//   issuer                  Varco's issuer URL
//   client                  { id, secret } or { id, key } with a private JWK for private_key_jwt
//   redirectUri             registered for the client; never fetched
//   postLogoutRedirectUri   the same for logout
//   provider                entity id of the SPID provider to go to
//   answers                 what the person types at the provider, by the name of the field
//   resource                a service that the client may ask for
//   strongerProvider        entity id of a provider that reaches level 3

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { setDefaultResultOrder } from 'node:dns';

import { Browser } from './browser.mjs';

// The gateway listens on IPv4 alone; Node 18 would ask for localhost's other address and give up.
setDefaultResultOrder('ipv4first');
// Node 18 keeps these to itself; newer ones have them already.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;
const oidc = await import('openid-client');

const given = JSON.parse(process.argv[2]);
const L2 = 'https://www.spid.gov.it/SpidL2';
const L3 = 'https://www.spid.gov.it/SpidL3';

async function authentication() {
  if (given.client.secret) return oidc.ClientSecretBasic(given.client.secret);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await webcrypto.subtle.importKey('jwk', given.client.key, algorithm, false, ['sign']);
  return oidc.PrivateKeyJwt(key);
}

async function discover(algorithm) {
  const metadata = { id_token_signed_response_alg: 'ES256' };
  return oidc.discovery(new URL(given.issuer), given.client.id, metadata, await authentication(), { algorithm });
}

// Sends the browser to ask, and gives what came back with the secrets to check it by.
async function ask(browser, parameters) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: given.redirectUri,
    scope: 'openid profile',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  });
  const { url: answer, forms } = await browser.go(url, given.redirectUri);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return { answer, forms, checks };
}

async function logIn(browser, parameters) {
  const { answer, forms, checks } = await ask(browser, parameters);
  const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
  return { tokens, claims: tokens.claims(), forms, again: () => oidc.authorizationCodeGrant(config, answer, checks) };
}

const config = await discover('oidc');
const other = await discover('oauth2');
assert.deepEqual(other.serverMetadata(), config.serverMetadata(), 'both discovery documents say the same');

const browser = new Browser(given.answers);

// The login itself, at level 2, for a service.
const first = await logIn(browser, { idp_hint: given.provider, acr_values: L2, resource: given.resource });
assert.equal(first.claims.acr, L2);
assert.ok(first.forms >= 3, 'to the provider, through its pages, and back');
const told = await oidc.fetchUserInfo(config, first.tokens.access_token, first.claims.sub);

// Single sign-on: the session answers without a page.
const silent = await logIn(browser, { prompt: 'none' });
assert.equal(silent.forms, 0);
assert.equal(silent.claims.sub, first.claims.sub);
assert.equal(silent.claims.auth_time, first.claims.auth_time);

// Step up: the level of the session is not enough, and no page may say so; with pages it rises.
const refused = await ask(browser, { prompt: 'none', acr_values: L3 });
await assert.rejects(oidc.authorizationCodeGrant(config, refused.answer, refused.checks), { error: 'login_required' });
const raised = await logIn(browser, { idp_hint: given.strongerProvider, acr_values: L3 });
assert.equal(raised.claims.acr, L3);
assert.equal(raised.claims.sub, first.claims.sub);

// A code is good once, and showing it again takes back what it gave.
await assert.rejects(raised.again(), { error: 'invalid_grant' });
await assert.rejects(oidc.fetchUserInfo(config, raised.tokens.access_token, raised.claims.sub), { status: 401 });

// Logout that the application begins; then nobody is logged in.
const state = oidc.randomState();
const leave = oidc.buildEndSessionUrl(config, {
  id_token_hint: first.tokens.id_token,
  post_logout_redirect_uri: given.postLogoutRedirectUri,
  state,
});
const left = await browser.go(leave, given.postLogoutRedirectUri);
assert.equal(left.url.searchParams.get('state'), state);
await assert.rejects(oidc.fetchUserInfo(config, silent.tokens.access_token, first.claims.sub), { status: 401 });
const gone = await ask(browser, { prompt: 'none' });
await assert.rejects(oidc.authorizationCodeGrant(config, gone.answer, gone.checks), { error: 'login_required' });

console.log(JSON.stringify({ claims: first.claims, told, raised: raised.claims }));
