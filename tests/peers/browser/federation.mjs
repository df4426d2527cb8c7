// Drives a real Chromium from the application through the real providers of a federation and back. One argument, JSON:
//   { browser, spki, app, gateway, spid, person: { username, password }, screenshots }
// Prints one JSON object: { ok, error?, ...what was seen }. tests/suite/cie_peer/chromium.rs judges it.

import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { barriers, chromiumArguments, told, watch } from "./page.mjs";

const { browser: executablePath, spki, app, gateway, spid, person, screenshots } = JSON.parse(process.argv[2]);
mkdirSync(screenshots, { recursive: true });

const browser = await chromium.launch({ executablePath, chromiumSandbox: false, args: chromiumArguments(spki) });
const context = await browser.newContext({ locale: "it-IT", viewport: { width: 1100, height: 900 } });
context.setDefaultTimeout(30_000);
// The providers' pages name files of other hosts, which are not there.
const ours = (url) => [app, gateway].some((origin) => url.startsWith(`${origin}/`));
await context.route((url) => url.hostname !== "127.0.0.1", (route) => route.abort());
const page = await context.newPage();
const complaints = [];
watch(page, complaints);
const shot = (label) => page.screenshot({ path: `${screenshots}/federation-${label}.png`, fullPage: true });

async function waysIn(resource, label) {
  await page.goto(`${app}/login?resource=${resource}`);
  await page.locator("h1").waitFor();
  await shot(label);
  return await barriers(page);
}

// What a provider of the package asks.
async function logIn(label) {
  await page.locator("input[name=username]").fill(person.username);
  await page.locator("input[name=password]").fill(person.password);
  await shot(`${label}-login`);
  await page.locator("#submit").click();
  await page.locator("#agree").waitFor();
  await shot(`${label}-consent`);
  await page.locator("#agree").click();
  return await told(page);
}

async function journey() {
  const first = await waysIn("naspi/request", "ways-in");
  await page.locator('main a[href^="/login/cie"]').first().click();
  const byCie = await logIn("cie");
  const second = await waysIn("domanda-di-pensione/request", "step-up");
  await page.locator("details.spid-button summary").click();
  await shot("spid-menu");
  await page.locator(`.spid-menu a[href*="idp=${encodeURIComponent(spid)}"]`).click();
  const bySpid = await logIn("spid");
  await shot("app");
  await page.locator("#logout").click();
  await page.waitForURL(`${app}/goodbye`);
  const cookies = await context.cookies(gateway);
  return { first, second, byCie, bySpid, cookies: cookies.map(({ name, sameSite, secure }) => ({ name, sameSite, secure })) };
}

let seen;
try {
  seen = { ok: true, ...(await journey()) };
} catch (error) {
  await shot("failed").catch(() => {});
  seen = { ok: false, error: String(error), at: page.url() };
}
await browser.close();
console.log(JSON.stringify({ ...seen, complaints: complaints.filter(ours) }));
