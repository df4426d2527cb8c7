// npm oidc-provider on a free port of loopback, and the browser of somebody who logs in there.
//
// Argument: JSON { clientId, clientSecret, redirectUri, fiscalCode, givenName, familyName }.
// Prints { issuer } once it listens; then for each line { authorize, acr, deny } the address that it sends the browser
// back to, as { callback }.

import { createServer } from "node:http";
import { createInterface } from "node:readline";

// Its notices go where they cannot be taken for an answer.
console.info = console.warn = console.error;
const { default: Provider } = await import("oidc-provider");
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const told = JSON.parse(process.argv[2]);
const listener = createServer();
await new Promise((ready) => listener.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${listener.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: told.clientId,
    client_secret: told.clientSecret,
    redirect_uris: [told.redirectUri],
    response_types: ["code"],
    grant_types: ["authorization_code"],
  }],
  acrValues: ["urn:prova:1", "urn:prova:2"],
  scopes: ["openid", "profile", "fiscal"],
  claims: {
    openid: ["sub"],
    acr: null,
    auth_time: null,
    profile: ["given_name", "family_name"],
    fiscal: ["fiscal_number"],
  },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, accountId) => ({
    accountId,
    claims: () => ({
      sub: accountId,
      given_name: told.givenName,
      family_name: told.familyName,
      fiscal_number: told.fiscalCode,
    }),
  }),
  interactions: { url: (_, interaction) => `/answer/${interaction.uid}` },
});

let wanted = {};
const answer = async (request, response) => {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (wanted.deny) {
    return provider.interactionFinished(request, response, { error: "access_denied" });
  }
  if (prompt.name === "login") {
    const login = { accountId: "somebody", acr: wanted.acr, remember: false };
    return provider.interactionFinished(request, response, { login });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
};
const handle = provider.callback();
listener.on("request", (request, response) => {
  if (!request.url.startsWith("/answer/")) return handle(request, response);
  answer(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
});

// A browser without pages: follows redirects with its cookies, up to the first that leads elsewhere.
async function browse(address) {
  const cookies = new Map();
  for (let step = 0; step < 16; step += 1) {
    const response = await fetch(address, {
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name, ...value] = cookie.split(";")[0].split("=");
      cookies.set(name, value.join("="));
    }
    const location = response.headers.get("location");
    if (!location) throw new Error(`${response.status} ${await response.text()}`);
    address = new URL(location, address).href;
    if (!address.startsWith(`${issuer}/`)) return address;
  }
  throw new Error("too many redirects");
}

say({ issuer });
for await (const line of createInterface({ input: process.stdin })) {
  wanted = JSON.parse(line);
  say({ callback: await browse(wanted.authorize) });
}
process.exit(0);
