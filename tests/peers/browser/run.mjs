// Drives a real Chromium through the demo as people would. One argument, JSON:
//   { browser, spki, gateway, app, idps, screenshots }
// Prints one JSON object: { scenario: { ok, error?, ...what was seen } }. tests/suite/browser.rs judges it.

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { barriers, chromiumArguments, told, watch } from "./page.mjs";

const { browser: executablePath, spki, gateway, app, idps, screenshots } = JSON.parse(process.argv[2]);
mkdirSync(screenshots, { recursive: true });

const browser = await chromium.launch({
  executablePath,
  chromiumSandbox: false,
  args: chromiumArguments(spki),
});

const people = {
  anna: "prova-anna",
  mario: "prova-mario",
  carla: "prova-carla",
};

async function chooseProvider(page, name) {
  await page.locator("details.spid-button summary").click();
  await page.getByRole("link", { name, exact: true }).click();
}

async function logIn(page, user, { level, session = false } = {}) {
  await page.locator("#username").fill(user);
  await page.locator("#password").fill(people[user]);
  if (level) await page.locator("#level").selectOption(String(level));
  await page.locator("input[name=session]").setChecked(session);
  await page.locator("button[value=login]").click();
}

async function consent(page) {
  await page.locator("button[value=yes]").click();
}

async function offered(page) {
  await page.locator("details.spid-button summary").click();
  const names = await page.locator(".spid-menu li:not(.spid-link) a").allInnerTexts();
  await page.locator("details.spid-button summary").click();
  return names.map((name) => name.trim()).sort();
}

// Whether the person has a session at a provider, as the provider's own page says.
async function providerSession(context, slug) {
  const page = await context.newPage();
  await page.goto(`${idps}/${slug}`);
  const count = await page.getByRole("button", { name: "Esci ovunque" }).count();
  await page.close();
  return count === 1;
}

// Whether a new login of the application stops at the ways in.
async function asksAgain(context) {
  const page = await context.newPage();
  await page.goto(`${app}/login`);
  const count = await page.locator("details.spid-button").count();
  await page.close();
  return count === 1;
}

const scenarios = {
  // From the application to the gateway, to the provider, and back by the provider's cross-site POST.
  async login(context, shot, page) {
    await page.goto(app);
    await shot("app-before");
    await page.locator("#login").click();
    const names = await offered(page);
    await page.locator("details.spid-button summary").click();
    await shot("ways-in");
    await page.locator("details.spid-button summary").click();
    await chooseProvider(page, "Aruba (prova)");
    await page.locator("#username").waitFor();
    const idp = page.url();
    await shot("provider-login");
    await logIn(page, "anna");
    await shot("provider-consent");
    await consent(page);
    const seen = await told(page);
    await shot("app-after");
    const cookies = (await context.cookies()).map(({ name, domain, secure, httpOnly, sameSite }) =>
      ({ name, domain, secure, httpOnly, sameSite }));
    return { ...seen, idp, offered: names, cookies };
  },

  // Two logins at once in two tabs of one browser, their steps interleaved: both end well.
  async two_tabs(context, shot, first) {
    const second = await context.newPage();
    await first.goto(`${app}/login?resource=naspi/request`);
    await second.goto(`${app}/login?resource=fascicolo-previdenziale/consult`);
    await chooseProvider(first, "InfoCert (prova)");
    await chooseProvider(second, "Poste (prova)");
    await logIn(first, "mario");
    await logIn(second, "mario");
    await consent(second);
    const secondSeen = await told(second);
    await consent(first);
    const firstSeen = await told(first);
    return { first: firstSeen, second: secondSeen };
  },

  // Logged in with level 2; a service that needs level 3 sends the person up, to providers that can reach it.
  async step_up(context, shot, page) {
    await page.goto(`${app}/login`);
    await chooseProvider(page, "Poste (prova)");
    await logIn(page, "anna", { level: 2 });
    await consent(page);
    const before = await told(page);
    await page.getByRole("link", { name: /Domanda di pensione/ }).click();
    const names = await offered(page);
    await shot("step-up");
    await chooseProvider(page, "Poste (prova)");
    await logIn(page, "anna", { level: 3 });
    await consent(page);
    const after = await told(page);
    await shot("after-step-up");
    return { before, after, offered: names, opened: await page.locator(".opened").allInnerTexts() };
  },

  // Logout from the application ends the gateway's session and the provider's.
  async logout(context, shot, page) {
    await page.goto(`${app}/login`);
    await chooseProvider(page, "Aruba (prova)");
    await logIn(page, "anna", { session: true });
    await consent(page);
    await told(page);
    const before = await providerSession(context, "arubaid");
    await page.locator("#logout").click();
    await page.waitForURL(`${app}/goodbye`);
    await shot("goodbye");
    return {
      before,
      after: await providerSession(context, "arubaid"),
      asksAgain: await asksAgain(context),
    };
  },

  // Logout at the provider ends the gateway's session too.
  async logout_at_provider(context, shot, page) {
    await page.goto(`${app}/login`);
    await chooseProvider(page, "Aruba (prova)");
    await logIn(page, "anna", { session: true });
    await consent(page);
    await told(page);
    await page.goto(`${idps}/arubaid`);
    await page.getByRole("button", { name: "Esci ovunque" }).click();
    await page.waitForURL(`${idps}/arubaid/slo**`);
    await shot("provider");
    return { text: await page.locator("body").innerText(), asksAgain: await asksAgain(context) };
  },

  // A person ends the session that they left open in another browser; here they stay.
  async sessions(context, shot, page) {
    const left = await browser.newContext({ locale: "it-IT" });
    left.setDefaultTimeout(20_000);
    for (const tab of [await left.newPage(), page]) {
      await tab.goto(`${app}/login`);
      await chooseProvider(tab, "Sielte (prova)");
      await logIn(tab, "mario");
      await consent(tab);
      await told(tab);
    }
    await page.goto(`${gateway}/sessions`);
    await shot("both");
    await page.locator("button[value=others]").click();
    const text = await page.locator("[role=status]").innerText();
    await shot("ended");
    const seen = { text, here: await asksAgain(context), there: await asksAgain(left) };
    await left.close();
    return seen;
  },

  // Anomaly 25 comes back as a page that says what happened, and the way in is open again.
  async cancelled(context, shot, page) {
    await page.goto(`${app}/login`);
    await chooseProvider(page, "Lepida (prova)");
    const answer = page.waitForResponse((response) => response.url().endsWith("/spid/acs"));
    await page.locator("button[value=cancel]").click();
    const status = (await answer).status();
    await page.locator("h1").waitFor();
    await shot("cancelled");
    return { status, title: await page.locator("h1").innerText(), text: await page.locator("main").innerText() };
  },
};

const results = {};

// Every kind of page at a desk and on a phone, before and after a login: what stands in somebody's way.
async function pages(context, shot, page) {
  const seen = {};
  const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
  const look = async (name) => {
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      seen[`${name} (${size})`] = await barriers(page);
      await page.screenshot({ path: `${screenshots}/pages-${name}-${size}.png`, fullPage: true });
    }
  };
  const visit = async (name, address) => {
    await page.goto(address);
    await look(name);
  };
  await visit("portal-nobody", gateway);
  await visit("not-found", `${gateway}/nowhere`);
  await visit("logout-nobody", `${gateway}/logout`);
  await visit("app-nobody", app);
  // No card: the button leads to the card host and back to a page that helps. The card host's own page is for who strays there.
  await page.goto(gateway);
  const card = page.waitForResponse((response) => response.url().includes("/card?ticket="));
  await page.locator("a.cns-button").click();
  const cards = new URL((await card).url()).origin;
  await page.waitForURL(/\/login\/cns\/refused\//);
  await look("card-none");
  await visit("card-host", cards);
  await visit("card-ticket-gone", `${cards}/card?ticket=x`);
  // CIE: there and back without a login.
  await page.goto(gateway);
  await page.locator("a.cie-button").click();
  await page.locator("#username").waitFor();
  await look("ministry-login");
  await page.locator("button[value=cancel]").click();
  await page.waitForURL(/\/cie\/acs/);
  await look("cie-cancelled");
  await visit("ways-in", `${app}/login?resource=domanda-di-pensione/request`);
  await page.locator("details.spid-button summary").click();
  await look("ways-in-open");
  await page.getByRole("link", { name: "Poste (prova)", exact: true }).click();
  await page.locator("#username").waitFor();
  await look("provider-login");
  await logIn(page, "anna", { level: 3 });
  await page.locator("button[value=yes]").waitFor();
  await look("provider-consent");
  await consent(page);
  await told(page);
  await look("app");
  await visit("portal", gateway);
  await visit("portal-english", `${gateway}/?lang=en`);
  await visit("refused", `${app}/login?resource=servizi-intermediari/consult`);
  await visit("service-open", `${gateway}/services/naspi/request`);
  await visit("service-closed", `${gateway}/services/servizi-intermediari/consult`);
  await visit("refused-here", `${gateway}/login?service=servizi-intermediari`);
  await visit("repeat", `${gateway}/login?level=3`);
  await visit("sessions", `${gateway}/sessions`);
  await visit("logout", `${gateway}/logout`);
  // At a lower level the portal and the ways in say what one step more opens; and another person says that they are one.
  await page.goto(`${gateway}/login`);
  await chooseProvider(page, "Poste (prova)");
  await logIn(page, "mario", { level: 2 });
  await consent(page);
  await page.locator('main a[href^="/login?flow="]').waitFor();
  await look("other-person");
  await page.goto(`${gateway}/`);
  await look("portal-lower");
  await visit("service-step-up", `${gateway}/services/dati-personali/request`);
  await visit("step-up", `${gateway}/login?service=dati-personali&operation=request`);
  // Somebody who may act in several profiles chooses one, and the portal says which.
  await page.goto(`${gateway}/login`);
  await chooseProvider(page, "Poste (prova)");
  await logIn(page, "carla", { level: 2 });
  await consent(page);
  await page.locator('main a[href^="/login?flow="]').click();
  await page.locator(".varco-profiles").waitFor();
  await look("profiles");
  await page.locator(".varco-profiles button").nth(1).click();
  await page.locator("#open").waitFor();
  await look("portal-profile");
  // That the looking finds something where there is something.
  await page.goto("about:blank");
  await page.setContent('<html><body style="width: 2000px"><img src="data:,"><p>No language, no title, no text for the image.');
  return { pages: seen, control: await barriers(page) };
}
scenarios.pages = pages;

for (const [name, run] of Object.entries(scenarios)) {
  const context = await browser.newContext({ locale: "it-IT", viewport: { width: 1100, height: 1400 } });
  context.setDefaultTimeout(20_000);
  const complaints = [];
  context.on("page", (page) => watch(page, complaints));
  const page = await context.newPage();
  const shot = (label) => page.screenshot({ path: `${screenshots}/${name}-${label}.png` });
  try {
    results[name] = { ok: true, ...(await run(context, shot, page)), complaints };
  } catch (error) {
    await shot("failed").catch(() => {});
    results[name] = { ok: false, error: String(error), at: page.url(), complaints };
  }
  await context.close();
}

// Without JavaScript every step has a button.
{
  const context = await browser.newContext({ locale: "it-IT", javaScriptEnabled: false });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  try {
    await page.goto(`${app}/login`);
    await chooseProvider(page, "Sielte (prova)");
    await page.locator("#go-on button").click();
    await logIn(page, "anna");
    await consent(page);
    await page.locator("form button").click();
    results.without_javascript = { ok: true, ...(await told(page)) };
  } catch (error) {
    results.without_javascript = { ok: false, error: String(error), at: page.url() };
  }
  await context.close();
}

await browser.close();
console.log(JSON.stringify(results));
