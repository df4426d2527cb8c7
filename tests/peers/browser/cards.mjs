// Drives a real Chromium that has a smart card's certificate, or none, in its store. One argument, JSON:
//   { browser, spki, app, scenario, screenshots }
// Prints one JSON object: { ok, error?, ...what was seen }. tests/suite/cards_in_chromium.rs judges it. The store is the one
// of $HOME, and which certificate is shown is told by the machine's policy: a person would be asked.

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { barriers, chromiumArguments, told, watch } from "./page.mjs";

const { browser: executablePath, spki, app, scenario, screenshots } = JSON.parse(process.argv[2]);
mkdirSync(screenshots, { recursive: true });

const browser = await chromium.launch({
  executablePath,
  chromiumSandbox: false,
  args: chromiumArguments(spki),
});
const context = await browser.newContext({ locale: "it-IT", viewport: { width: 1100, height: 900 } });
context.setDefaultTimeout(20_000);
const page = await context.newPage();
const complaints = [];
watch(page, complaints);
const shot = (label) => page.screenshot({ path: `${screenshots}/cards-${scenario}-${label}.png`, fullPage: true });

// From the application to the page of the ways in, and to the card host.
async function showCard(resource) {
  await page.goto(`${app}/login?resource=${resource}`);
  const link = page.locator('main a[href^="/login/cns"]').first();
  await link.waitFor();
  await shot("ways-in");
  const seen = await barriers(page);
  const answers = [];
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) answers.push({ url: response.url(), status: response.status() });
  });
  await link.click();
  return { waysIn: seen, answers };
}

// What a page of help says, at a desk and on a phone.
async function help() {
  await page.locator("h1").waitFor();
  const seen = {
    url: page.url(),
    heading: await page.locator("h1").innerText(),
    text: await page.locator("main").innerText(),
    links: await page.locator("main a").evaluateAll((links) => links.map((link) => link.href)),
    desk: await barriers(page),
  };
  await shot("help");
  await page.setViewportSize({ width: 390, height: 844 });
  seen.phone = await barriers(page);
  await shot("help-phone");
  return seen;
}

const scenarios = {
  // A good card: the whole journey, for a service that wants the highest level.
  async good() {
    const way = await showCard("domanda-di-pensione/request");
    const seen = await told(page);
    await shot("app");
    return { ...way, ...seen };
  },

  // A card that is refused.
  async refused() {
    const way = await showCard("fascicolo-previdenziale/consult");
    return { ...way, ...(await help()) };
  },

  // No card at all, or none that Chromium would show.
  async none() {
    const way = await showCard("fascicolo-previdenziale/consult");
    return { ...way, ...(await help()) };
  },
};

let seen;
try {
  seen = { ok: true, ...(await scenarios[scenario]()), complaints };
} catch (error) {
  await shot("failed").catch(() => {});
  seen = { ok: false, error: String(error), at: page.url(), complaints };
}
await browser.close();
console.log(JSON.stringify(seen));
