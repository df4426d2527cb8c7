// Drives a real Chromium through the life of a PIN and over the operators' desk. One argument, JSON:
//   { browser, spki, gateway, app, screenshots, people }
// Prints one JSON object: { ok, error?, pages: { "name (size)": barriers }, ...what was seen }. tests/suite/pins_in_chromium.rs
// judges it. Everything happens in one order, as it would in a week of an office: later pages need what earlier ones did.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { barriers, chromiumArguments, told, watch } from "./page.mjs";

const { browser: executablePath, spki, gateway, app, screenshots, people } = JSON.parse(process.argv[2]);
mkdirSync(screenshots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "varco-pins-"));

const browser = await chromium.launch({
  executablePath,
  chromiumSandbox: false,
  args: chromiumArguments(spki),
});

const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const seen = { pages: {}, complaints: [] };
let at = "nothing";

// Somebody at a browser of their own.
async function somebody() {
  const context = await browser.newContext({ locale: "it-IT", viewport: sizes.desk });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  watch(page, seen.complaints);
  return page;
}

// What stands in somebody's way on a page, at a desk and on a phone.
async function look(page, name) {
  at = `${name}: ${page.url()}`;
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    seen.pages[`${name} (${size})`] = await barriers(page);
    await page.screenshot({ path: `${screenshots}/pins-${name}-${size}.png`, fullPage: true });
  }
  await page.setViewportSize(sizes.desk);
}

async function visit(page, name, path) {
  await page.goto(`${gateway}${path}`);
  await look(page, name);
}

// Fills in fields by their names: texts, lists, choices and ticks.
async function fill(page, typed) {
  for (const [name, value] of Object.entries(typed)) {
    const field = page.locator(`main [name="${name}"]`).first();
    const kind = await field.evaluate((one) => (one.tagName === "SELECT" ? "list" : one.type));
    const choice = kind === "radio" ? page.locator(`main [name="${name}"][value="${value}"]`) : field;
    // As people do: the design system draws the box with the label.
    if (kind === "radio" || kind === "checkbox") await page.locator(`label[for="${await choice.getAttribute("id")}"]`).click();
    else if (kind === "list") await field.selectOption(value);
    else await field.fill(value);
  }
}

// Presses a button of the page's forms: by what it adds, or the first there is.
async function press(page, button = "main button[type=submit]") {
  at = `${button} on ${page.url()}`;
  const before = page.locator("html");
  const old = await before.elementHandle();
  await page.locator(button).first().click();
  await old.waitForElementState("hidden").catch(() => {});
  await page.waitForLoadState("load");
}

// The newest message to somebody that has something in it.
async function message(page, way, to, find) {
  const post = await page.context().newPage();
  for (let looks = 0; looks < 300; looks++) {
    const answer = await post.goto(`${app}/messages.json`);
    for (const one of await answer.json()) {
      const found = one.way === way && one.to.includes(to) && find(one.text);
      if (found) {
        await post.close();
        return found;
      }
    }
    await post.waitForTimeout(100);
  }
  throw new Error(`no message to ${to} by ${way}`);
}

// Eight characters or two groups of four, none of which can be taken for another.
const half = (text) => text.match(/\b([2-9A-HJKMNP-Z]{4}) ?([2-9A-HJKMNP-Z]{4})\b/)?.slice(1).join("");

// Logs in with a PIN for the application; gives the page that follows.
async function enterPin(page, person, pin) {
  await page.goto(`${app}/login?resource=fascicolo-previdenziale/consult`);
  await page.locator('main a[href^="/login/pin"]').click();
  await fill(page, { person, pin });
  await press(page);
}

// Somebody logs in at the highest level at a test provider.
async function enterSpid(page, user) {
  await page.locator("details.spid-button summary").click();
  await page.getByRole("link", { name: "Poste (prova)", exact: true }).click();
  await page.locator("#username").fill(user);
  await page.locator("#password").fill(`prova-${user}`);
  await page.locator("#level").selectOption("3");
  await page.locator("button[value=login]").click();
  await page.locator("button[value=yes]").click();
}

// An operator at work.
async function operator(user) {
  const page = await somebody();
  await page.goto(`${gateway}/desk`);
  await enterSpid(page, user);
  await page.waitForURL(`${gateway}/desk`);
  return page;
}

// An operator opens a case.
async function open(page, code) {
  await page.goto(`${gateway}/desk`);
  await fill(page, { fiscal_code: code, reason: "Persona allo sportello" });
  await press(page);
  await page.waitForURL(/\/desk\/case\//);
}

async function choose(page, what) {
  await page.locator(`main a[href$="/${what}"]`).click();
  await page.waitForURL(new RegExp(`/${what}$`));
}

// A download that a button or a link begins.
async function download(page, locator, name) {
  at = `${locator} on ${page.url()}`;
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator(locator).first().click()]);
  const path = join(folder, name);
  await file.saveAs(path);
  return { path, name: file.suggestedFilename() };
}

async function request(page, person, prefix) {
  const step = async (name, typed) => {
    if (prefix) await look(page, `${prefix}-${name}`);
    await fill(page, typed);
    await press(page, 'main button[value="next"]');
  };
  await page.goto(`${gateway}/pin/request`);
  await step("who", { fiscal_code: person.code, country: "IT", myself: "yes" });
  await step("birth", { name: person.name, surname: person.surname, sex: person.sex, birth_date: person.born, birth_place: "Roma" });
  await step("home", person.home);
  await step("contacts", { mobile: person.mobile, email: person.email });
  await step("delivery", { hours: "morning" });
  if (prefix) await look(page, `${prefix}-confirm`);
  await press(page, 'main button[value="send"]');
  await page.waitForURL(/\/pin\/request\/done/);
}

// A citizen from the first form to a working PIN.
async function asking() {
  const page = await somebody();
  const { newcomer } = people;
  await visit(page, "hub", "/pin");
  await visit(page, "hub-english", "/pin?lang=en");
  await page.goto(`${gateway}/pin?lang=it`);
  await page.goto(`${gateway}/pin/request`);
  await press(page, 'main button[value="next"]');
  await look(page, "request-faults");
  await request(page, newcomer, "request");
  await look(page, "request-done");
  await visit(page, "again", "/pin/again");
  await press(page);
  await look(page, "again-faults");
  const first = await message(page, "sms", newcomer.mobile, half);
  const second = await message(page, "letter", `${newcomer.name} ${newcomer.surname}`, half);
  await enterPin(page, newcomer.code, "22222222");
  await look(page, "login-wrong");
  await fill(page, { person: newcomer.code, pin: first + second });
  await press(page);
  await look(page, "new-pin");
  const pin = await page.locator(".varco-pin strong").innerText();
  await fill(page, { pin: "22222222" });
  await press(page);
  await look(page, "new-pin-wrong");
  await fill(page, { pin: await page.locator(".varco-pin strong").innerText() });
  await press(page);
  const { level } = await told(page);
  seen.ordinary = { level, pin: pin.length };
  await visit(page, "mine-ordinary", "/pin");
  await visit(page, "receipts-none", "/pin/receipts");
  return page;
}

// The copy of a document, as a scanner's program would write it.
async function scan(page) {
  const sheet = await page.context().newPage();
  await sheet.setContent(`<html lang="it"><title>Copia</title><style>div { width: 85mm; height: 54mm; border: 1px solid; border-radius: 4mm;
    background: linear-gradient(45deg, #cde, #fed); margin: 20mm; padding: 5mm; }</style><div>CARTA DI IDENTITÀ<p>CA00000AA</div>`);
  const path = join(folder, "copy.pdf");
  writeFileSync(path, await sheet.pdf({ format: "A4", printBackground: true }));
  await sheet.close();
  return path;
}

// The conversion, with its form downloaded, and uploaded with the copy of the document.
async function converting(page) {
  await visit(page, "convert-document", "/pin/convert");
  await fill(page, { kind: "identity-card" });
  await press(page);
  await look(page, "convert-document-faults");
  await fill(page, { kind: "identity-card", number: "CA00000AA", issuer: "Comune di Roma", expires: "15/03/2031", confirmed: "yes" });
  await press(page);
  await look(page, "convert-form");
  const form = await download(page, 'main a[href="/pin/convert/form"]', "form.pdf");
  const wrong = join(folder, "wrong.pdf");
  writeFileSync(wrong, "Questo non è un PDF.");
  await page.locator("input[type=file]").setInputFiles(wrong);
  await press(page);
  await look(page, "convert-upload-refused");
  const refused = await page.locator("[role=alert]").innerText();
  const copy = await scan(page);
  const signed = join(folder, "signed.pdf");
  execFileSync("qpdf", ["--empty", "--pages", form.path, copy, "--", signed]);
  await page.locator("input[type=file]").setInputFiles(signed);
  await press(page);
  await look(page, "convert-waiting");
  seen.upload = {
    form: form.name,
    refused,
    text: await page.locator("main").innerText(),
    sent: readFileSync(signed).length,
  };
}

// Somebody whose address nobody can validate asks, too.
async function unknownAddress() {
  const page = await somebody();
  await request(page, people.mara);
  await page.close();
}

// The contact centre: calls, registers, sends again, recognises.
async function contactCentre() {
  const luca = await operator("luca");
  await look(luca, "desk-contact-centre");
  await visit(luca, "desk-calls", "/desk/calls");
  await press(luca, `main button[value="${people.mara.code}"]`);
  await look(luca, "desk-call");
  await fill(luca, { reason: "Dati confermati al telefono" });
  await press(luca, 'main button[value="right"]');
  await look(luca, "desk-case-initial");
  await choose(luca, "again");
  await look(luca, "desk-again");
  await press(luca);
  await fill(luca, { what: "first", reason: "Il messaggio non è arrivato" });
  await press(luca);
  seen.again = await luca.locator("main").innerText();
  await visit(luca, "desk-calls-none", "/desk/calls");
  await visit(luca, "desk-role", "/desk/conversions");
  await visit(luca, "desk-case-gone", `/desk/case/${"A".repeat(43)}`);

  const { laura } = people;
  await open(luca, laura.code);
  await look(luca, "desk-case-nobody");
  await choose(luca, "register");
  await look(luca, "desk-register");
  // As a browser that checks nothing would send it.
  await luca.locator("main form").last().evaluate((form) => form.setAttribute("novalidate", ""));
  await press(luca);
  await look(luca, "desk-register-faults");
  await fill(luca, {
    country: "IT", name: laura.name, surname: laura.surname, sex: laura.sex, birth_date: laura.born, birth_place: "Roma",
    ...laura.home, mobile: laura.mobile, email: laura.email, hours: "evening", reason: "Chiede il PIN al telefono",
  });
  await press(luca);
  await look(luca, "desk-first-half");
  seen.aloud = await luca.locator("main").innerText();
  await luca.goto(`${gateway}/desk`);
  return luca;
}

// A telephone PIN is made, and said.
async function telephone(luca) {
  const anna = await somebody();
  await anna.goto(`${gateway}/login`);
  await enterSpid(anna, "anna");
  await anna.waitForURL(`${gateway}/`);
  await visit(anna, "desk-operators-only", "/desk");
  await visit(anna, "mine", "/pin");
  await press(anna, 'main form:has(input[type=radio]) button');
  await look(anna, "mine-telephone");
  const code = await anna.locator("#telephone-pin").innerText();
  await open(luca, people.anna);
  await choose(luca, "recognise");
  await look(luca, "desk-recognise");
  await fill(luca, { code: code === "11111111" ? "22222222" : "11111111" });
  await press(luca);
  await look(luca, "desk-recognise-wrong");
  await fill(luca, { code });
  await press(luca);
  seen.recognised = await luca.locator("main").innerText();
  await anna.close();
}

// Two operators of an office decide about the conversion.
async function fourEyes() {
  const mario = await operator("mario");
  await look(mario, "desk-office");
  // As a browser that checks nothing would send it.
  await mario.locator("main form").evaluate((form) => form.setAttribute("novalidate", ""));
  await fill(mario, { fiscal_code: "RSSMRA80A01H501X", reason: "ok" });
  await press(mario);
  await look(mario, "desk-search-faults");
  await visit(mario, "desk-conversions", "/desk/conversions");
  const judge = async (page, name) => {
    await page.goto(`${gateway}/desk/conversions`);
    await press(page, `main button[value="${people.newcomer.code}"]`);
    const pictures = await page.locator("figure img").all();
    for (const picture of pictures) await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    await look(page, name);
    const drawn = await page.locator("figure img").evaluateAll((images) => images.map((image) => image.naturalWidth));
    await fill(page, { reason: "Modulo e documento in ordine" });
    await press(page, 'main button[value="accept"]');
    return drawn;
  };
  const first = await judge(mario, "desk-conversion");
  await visit(mario, "desk-conversions-spoken", "/desk/conversions");
  const giulia = await operator("giulia");
  const second = await judge(giulia, "desk-conversion-second");
  await look(giulia, "desk-case-history");
  seen.conversion = { first, second, text: await giulia.locator("main").innerText() };
  await giulia.close();
  return mario;
}

const papers = {
  applicant: "holder", document: "identity-card", document_number: "CA00000AA", document_issuer: "Comune di Roma",
  document_expires: "15/03/2031",
};

// What an office does for the person before it.
async function office(mario) {
  const { newcomer, mara } = people;
  await open(mario, newcomer.code);
  await choose(mario, "contacts");
  await look(mario, "desk-contacts");
  await fill(mario, { ...papers, mobile: "+393391000009" });
  const changed = await download(mario, 'main button[value="print"]', "contacts.pdf");
  await fill(mario, { seen: "yes", reason: "Ha cambiato numero" });
  await press(mario);
  seen.contacts = { paper: changed, text: await mario.locator("main").innerText() };
  await choose(mario, "restore");
  await look(mario, "desk-restore");
  await open(mario, people.anna);
  await choose(mario, "convert");
  await look(mario, "desk-convert");

  await open(mario, mara.code);
  await choose(mario, "revoke");
  await look(mario, "desk-revoke");
  await fill(mario, { reason: "Lettera mai arrivata" });
  await press(mario);
  await choose(mario, "issue");
  await look(mario, "desk-issue");
  await press(mario, 'main button[value="print"]');
  await look(mario, "desk-issue-faults");
  await fill(mario, {
    country: "IT", name: mara.name, surname: mara.surname, sex: mara.sex, birth_date: mara.born, birth_place: "Roma", ...mara.home,
    mobile: mara.mobile, email: mara.email, ...papers,
  });
  const form = await download(mario, 'main button[value="print"]', "mv35.pdf");
  const number = await mario.locator("main [name=form]").inputValue();
  execFileSync("pdftoppm", ["-png", "-r", "70", form.path, `${screenshots}/pins-mv35`]);
  await fill(mario, { seen: "yes", reason: "Richiesta allo sportello" });
  await press(mario);
  await look(mario, "desk-envelope");
  const text = execFileSync("pdftotext", [form.path, "-"]).toString();
  seen.mv35 = { name: form.name, number, text, page: await mario.locator("main").innerText() };
  await open(mario, mara.code);
  await look(mario, "desk-case");
  await visit(mario, "desk-english", "/desk?lang=en");
}

// An expired PIN, a lost one, and the end.
async function ending() {
  const page = await somebody();
  const { returner, newcomer } = people;
  await enterPin(page, returner.code, returner.pin);
  await look(page, "expired");
  await visit(page, "restore", "/pin/restore");
  await press(page);
  await look(page, "restore-faults");
  await fill(page, { fiscal_code: newcomer.code, mobile: "+393391000009", email: newcomer.email });
  await press(page);
  await look(page, "restore-sent");
  const link = await message(page, "email", newcomer.email, (text) => text.match(/https:\S+\/pin\/restore\/link\/\S+/)?.[0]);
  await page.goto(link);
  await look(page, "restore-link");
  await fill(page, { fiscal_code: newcomer.code });
  await press(page);
  await look(page, "restored");
  await visit(page, "revoke", "/pin/revoke");
  await press(page);
  await look(page, "revoke-faults");
  await fill(page, { fiscal_code: newcomer.code, health_card: people.card });
  await press(page);
  await look(page, "revoked");
  seen.revoked = await page.locator("main").innerText();
}

try {
  const citizen = await asking();
  await converting(citizen);
  await unknownAddress();
  await telephone(await contactCentre());
  const mario = await fourEyes();
  await visit(citizen, "convert-raised", "/pin/convert");
  await office(mario);
  await ending();
  seen.ok = true;
} catch (error) {
  seen.ok = false;
  seen.error = `${error} (at ${at})`;
  const open = browser.contexts().flatMap((context) => context.pages());
  for (const [number, page] of open.entries()) {
    await page.screenshot({ path: `${screenshots}/pins-failed-${number}.png`, fullPage: true }).catch(() => {});
  }
}
await browser.close();
rmSync(folder, { recursive: true });
console.log(JSON.stringify(seen));
