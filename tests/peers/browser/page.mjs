// What every scenario needs of a page of the demo in Chromium.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// For a Chromium that asks nobody else for anything, and trusts the key of the demo's servers.
export function chromiumArguments(spki) {
  return [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    // The development CA's server, and no other certificate that the system does not know.
    `--ignore-certificate-errors-spki-list=${spki}`,
  ];
}

// Everything that a page may not load or run shows up on its console.
export function watch(page, complaints) {
  page.on("console", (message) => {
    // A refusal is a page with a status of 4xx: that is no complaint.
    const isPage = message.text().startsWith("Failed to load resource") && message.location().url === page.url();
    if (message.type() === "error" && !isPage) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
}

// What the application was told, read from its page.
export async function told(page) {
  await page.locator("#level").waitFor();
  const rows = await page.locator("#claims tr").all();
  const claims = {};
  for (const row of rows) {
    claims[await row.locator("th").innerText()] = await row.locator("td").innerText();
  }
  return { url: page.url(), level: await page.locator("#level").innerText(), claims };
}

const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

// What the page does that WCAG 2.1 A and AA forbid, as far as a machine can tell (axe-core); and whether it is wider than
// its window, so that one must scroll sideways to read it (WCAG 2.1, 1.4.10).
export async function barriers(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
  }));
  const barriers = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (excess > 0) barriers.push(`${excess} px wider than the window`);
  return { barriers, checked: found.passes.length };
}

