// Drives a real Chromium to the Ministry of the demo, by both of its protocols and while it does not answer. One argument,
// JSON: { browser, spki, app, gateway, anchor, scenario, screenshots }
// Prints one JSON object: { ok, error?, pages, ...what was seen }. tests/suite/cie_in_chromium.rs judges it.

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { barriers, chromiumArguments, told, watch } from "./page.mjs";

const { browser: executablePath, spki, app, gateway, anchor, scenario, screenshots } = JSON.parse(process.argv[2]);
mkdirSync(screenshots, { recursive: true });

const browser = await chromium.launch({
  executablePath,
  chromiumSandbox: false,
  args: chromiumArguments(spki),
});
const complaints = [];
const pages = {};
let page;

// Another person's browser.
async function person() {
  const context = await browser.newContext({ locale: "it-IT" });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  watch(page, complaints);
}

// The page at a desk and on a phone: a picture, and what stands in somebody's way.
async function look(name) {
  for (const [size, viewport] of Object.entries({ desk: { width: 1100, height: 900 }, phone: { width: 390, height: 844 } })) {
    await page.setViewportSize(viewport);
    pages[`${name} (${size})`] = await barriers(page);
    await page.screenshot({ path: `${screenshots}/cie-${name}-${size}.png`, fullPage: true });
  }
}

// From the application to the Ministry's login page, by a protocol.
async function goTo(protocol) {
  await page.goto(app);
  await page.getByRole("link", { name: `Entra con CIE (${protocol})` }).click();
  await page.locator("#username").waitFor();
}

async function logIn(level) {
  await page.locator("#username").fill("anna");
  await page.locator("#password").fill("prova-anna");
  await page.locator("#level").selectOption(String(level));
  await page.locator("button[value=login]").click();
  await page.locator("button[value=yes]").waitFor();
}

// What the gateway says of an error that the Ministry answers with.
async function fail(protocol, outcome) {
  await goTo(protocol);
  await page.locator("#outcome").selectOption(outcome);
  await page.locator("button[value=login]").click();
  await page.waitForURL(/\/cie\/(acs|callback)/);
  return { title: await page.locator("h1").innerText(), text: await page.locator("main").innerText() };
}

const scenarios = {
  async both() {
    const seen = { logins: {}, errors: {} };
    for (const [protocol, slug] of [["SAML", "saml"], ["OpenID Connect", "openid"]]) {
      await person();
      await goTo(protocol);
      await look(`${slug}-login`);
      await logIn(3);
      await look(`${slug}-consent`);
      await page.locator("button[value=yes]").click();
      seen.logins[slug] = await told(page);
      await look(`${slug}-app`);
    }
    await person();
    await page.goto(app);
    await look("app");
    seen.errors.card = await fail("SAML", "23");
    await look("error-card");
    seen.errors.refused = await fail("OpenID Connect", "access_denied");
    await look("error-refused");
    seen.errors.busy = await fail("OpenID Connect", "temporarily_unavailable");
    await look("error-busy");
    await page.goto(`${gateway}/?lang=en`);
    seen.errors.english = await fail("OpenID Connect", "invalid_client");
    await look("error-english");
    await page.goto(anchor);
    await look("federation");
    return seen;
  },

  // Nobody vouches for the Ministry any more, and there is no other protocol.
  async down() {
    await person();
    await page.goto(`${gateway}/login`);
    await look("down-ways-in");
    const waysIn = await page.locator("main").innerText();
    const buttons = await page.locator("main a.cie-button").count();
    const others = await page.locator("main a.cns-button, main details.spid-button").count();
    await page.goto(`${gateway}/login/cie`);
    await look("down-refused");
    const refused = await page.locator("h1").innerText();
    await page.goto(anchor);
    await look("down-federation");
    return { waysIn, buttons, others, refused };
  },
};

let seen;
try {
  seen = { ok: true, ...(await scenarios[scenario]()), pages, complaints };
} catch (error) {
  await page?.screenshot({ path: `${screenshots}/cie-${scenario}-failed.png` }).catch(() => {});
  seen = { ok: false, error: String(error), at: page?.url(), pages, complaints };
}
await browser.close();
console.log(JSON.stringify(seen));
