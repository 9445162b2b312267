// The pages that the story does not pass: officers' lists, filters, an import that is partly refused, every state of the signing
// page, used and unknown links, errors of forms, error pages, the printed sheet. Each is looked at on a phone and on a desk.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openBrowser, startPortal } from "./lib.mjs";

const ELECTION = "pemilu-peragaan";
const LATER = "pilkada-nanti";
const HEAD = "NIP BARU;NAMA;GELAR DEPAN;GELAR BELAKANG;EMAIL GOV;JENIS PEGAWAI NAMA;KEDUDUKAN HUKUM NAMA;JABATAN NAMA;LOKASI KERJA NAMA;UNOR NAMA";

const day = (offset) => new Date(Date.now() + offset * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 16);

const link = (portal, who) => portal.lines.find((line) => line.trim().startsWith(who) && line.includes("/enter/")).match(/https?:\S+/)[0];

async function enter(browser, url) {
  const visitor = await browser.visitor(url);
  await visitor.page.locator("main form button").click();
  await visitor.page.waitForLoadState();
  return visitor;
}

/** Opens each path and looks at it. */
async function tour(visitor, pages) {
  for (const [name, path] of Object.entries(pages)) {
    await visitor.page.goto(`${visitor.origin}${path}`);
    await visitor.look(name);
  }
}

async function act(visitor, path, then) {
  await visitor.page.locator("form[data-act] button:enabled").first().click();
  await visitor.page.waitForURL(then ?? new RegExp(path));
}

async function makeKey(visitor) {
  await visitor.page.goto(`${visitor.origin}/key`);
  await visitor.page.locator("form[data-officer-key] button:enabled").first().click();
  await visitor.page.locator(".summary").first().waitFor();
}

/** An election that opens in five days, with the pact. */
async function publishLater(hr) {
  await hr.page.goto(`${hr.origin}/elections/new`);
  await hr.page.fill("[name=title]", "Pilkada Nanti");
  await hr.page.fill("[name=id]", LATER);
  await hr.page.fill("[name=opens]", day(5));
  await hr.page.fill("[name=closes]", day(3));
  await hr.page.locator("main form[action='/elections/draft'] button").click();
  await hr.page.locator("[data-error-summary]").waitFor();
  await hr.look("election-errors");
  await hr.page.fill("[name=closes]", day(30));
  await hr.page.locator("main form[action='/elections/draft'] button").click();
  await act(hr, `/elections/${LATER}`);
  await hr.page.goto(`${hr.origin}/elections/${LATER}/pact`);
  await hr.page.locator(`main form[action='/elections/${LATER}/pact'] button`).click();
  await act(hr, `/elections/${LATER}$`);
}

async function upload(hr, election, name, text) {
  await hr.page.goto(`${hr.origin}/roster`);
  await hr.page.selectOption("[name=election]", election);
  await hr.page.setInputFiles("[name=file]", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await hr.page.locator("main form[action='/roster'] button").click();
  await hr.page.waitForURL(/\/roster\/\d+/);
}

/** Three people: one must sign, one need not, and one number was ruined by a spreadsheet. */
function export3(mail) {
  const row = (nip, name, email, standing) => `'${nip};${name};;;${email};PNS;${standing};Analis Kebijakan;Jakarta;Seksi Literasi Digital`;
  return [
    HEAD,
    row("198803122012032004", "Wulan Pertiwi", mail.soon, "Aktif"),
    row("196511021990031001", "Suparjo Hadinata", mail.excused, "Pensiun"),
    row("1.98609E+17", "Rusak Karena Excel", "rusak@uji.invalid", "Aktif"),
  ].join("\n");
}

async function askLink(browser, portal, email) {
  const visitor = await browser.visitor(`${portal.url}/sign-in`);
  await visitor.page.fill("[name=email]", email);
  await visitor.page.locator("main form button").click();
  await visitor.page.waitForURL(/sent/);
  const mail = await portal.mailbox.next({ to: email });
  await visitor.page.goto(mail.links.find((url) => url.includes("/enter/")));
  await visitor.page.locator("main form button").click();
  await visitor.page.waitForURL(/\/sign/);
  return visitor;
}

test("HR's and officers' pages", { timeout: 300_000 }, async (t) => {
  const portal = await startPortal(t, { args: ["--people", "120"] });
  const browser = await openBrowser(t);
  const hr = await enter(browser, link(portal, "hr"));
  await hr.look("hr-start");
  await hr.page.locator(".meter-row a").first().click();
  await hr.look("hr-unit");
  await tour(hr, {
    "hr-signed-filter": `/hr?election=${ELECTION}&state=signed`,
    "hr-nobody": `/hr?election=${ELECTION}&q=tidakadaorangnya`,
    "elections": "/elections",
    "election-demo": `/elections/${ELECTION}`,
    "election-amend": `/elections/${ELECTION}/amend`,
    "disputes-none": "/disputes",
    "acts-none": "/acts",
    "erasures": "/erasures?q=a",
    "error-403": "/officers",
    "error-404": "/tidak/ada",
  });
  await makeKey(hr);
  await publishLater(hr);

  const mail = { soon: "wulan@uji.invalid", excused: "suparjo@uji.invalid" };
  await upload(hr, LATER, "siasn.csv", export3(mail));
  await hr.page.locator("form[data-act]").waitFor();
  for (const show of ["refused", "excluded"]) {
    await hr.page.locator(`.tabs a[href*='show=${show}']`).click();
    await hr.page.waitForLoadState();
    await hr.look(`roster-${show}`);
  }
  await act(hr, null, /\/roster\/\d+$/);
  await hr.page.locator("form[data-act]").waitFor({ state: "detached" });
  await hr.look("roster-result");
  await upload(hr, LATER, "bukan-daftar.csv", "satu,dua\n1,2\n");
  await hr.page.locator("main a.button").waitFor();
  await hr.look("roster-failed");
  await tour(hr, { "hr-later": `/hr?election=${LATER}`, "roster-past": "/roster" });

  const soon = await askLink(browser, portal, mail.soon);
  await soon.page.goto(`${portal.url}/sign`);
  await soon.look("tasks-before");
  const excused = await askLink(browser, portal, mail.excused);
  await excused.page.goto(`${portal.url}/sign`);
  await excused.look("tasks-excluded");

  const operator = await enter(browser, link(portal, "operator"));
  await tour(operator, { officers: "/officers", "key-none": "/key" });
  const head = await enter(browser, link(portal, "unit head"));
  await tour(head, { "hr-head": "/hr" });

  const examiner = await enter(browser, link(portal, "examiner"));
  await tour(examiner, { "complaint-new": "/complaints/new", authorities: "/complaints/authorities" });
  await examiner.page.goto(`${portal.url}/complaints/new`);
  await examiner.page.fill("[name=complaint_id]", "UJI-9");
  await examiner.page.fill("[name=incident_date]", "kemarin");
  await examiner.page.locator("main form button").click();
  await examiner.page.locator("[data-error-summary]").waitFor();
  await examiner.look("complaint-new-errors");
});

test("an examiner goes through complaints by keyboard, and a second one confirms", { timeout: 300_000 }, async (t) => {
  const portal = await startPortal(t, { args: ["--people", "120", "--two-examiners"] });
  const browser = await openBrowser(t);
  const examiner = await enter(browser, link(portal, "examiner"));
  const lines = Array.from({ length: 60 }, (_, n) => `BANYAK-${n},laman,Budi Santoso ${n},Bagian Umum,Bandung,,,,`);
  // Words without a place to break them widen no page.
  lines.push(`PANJANG-1,laman,${"A".repeat(390)},${"B".repeat(390)},${"C".repeat(390)},${"D".repeat(390)},,,`);
  const head = "complaint_id,channel,accused_name,unit,city,position,nip_fragment,handle,incident_date";
  await examiner.page.goto(`${portal.url}/complaints/import`);
  await examiner.page.setInputFiles("[name=file]", { name: "banyak.csv", mimeType: "text/csv", buffer: Buffer.from([head, ...lines].join("\n")) });
  await examiner.page.locator("button[value=import]").click();
  await examiner.page.locator(".figures").waitFor();
  await tour(examiner, { "complaints-many": "/complaints?state=undecided&page=2", "complaints-none": "/complaints?q=tidakada" });

  await examiner.page.goto(`${portal.url}/complaints?q=PANJANG`);
  await examiner.look("complaints-long");
  await examiner.page.locator("main table a").first().click();
  await examiner.page.waitForURL(/\/complaints\/\d+/);
  await examiner.look("complaint-long");

  // From the list to the one that waits longest; every bar has its number and word beside it, and no bar is read out.
  await examiner.page.goto(`${portal.url}/complaints?q=PERAGAAN`);
  await examiner.look("complaints");
  await press(examiner, "a[href^='/complaints/next']", "Enter");
  await examiner.page.waitForURL(/\/complaints\/\d+\?q=PERAGAAN/);
  await examiner.look("complaint-candidates");
  const bars = await examiner.page.locator("svg.bar").evaluateAll((all) => all.map((bar) => bar.getAttribute("aria-hidden")));
  assert.ok(bars.length > 6 && bars.every((hidden) => hidden === "true"));
  await examiner.page.evaluate(() => {
    for (const fold of document.querySelectorAll(".candidate details")) fold.open = true;
  });
  await examiner.look("complaint-evidence");
  await press(examiner, "[name=find]", "a");
  await examiner.page.keyboard.type("nalis");
  await examiner.page.keyboard.press("Enter");
  await examiner.page.waitForURL(/find=analis/);
  await examiner.look("complaint-search");
  // Whom the search found has a waterfall each, opened by keyboard.
  await press(examiner, "[id^='found-'] summary", "Enter");
  await examiner.page.locator("[id^='found-'] details[open] .waterfall").first().waitFor();
  await examiner.look("complaint-found");
  await press(examiner, "#who-1", "Space");
  await press(examiner, "form[action$='/decide'] .button-primary", "Enter");
  await examiner.page.locator("[name=reason]:invalid").waitFor();
  await examiner.page.keyboard.type("NIP dan nama cocok.");
  await press(examiner, "form[action$='/decide'] .button-primary", "Enter");
  await examiner.page.locator("#waits").waitFor();
  await examiner.look("complaint-waits");

  const address = new URL(examiner.page.url()).pathname;
  const second = await enter(browser, link(portal, "second examiner"));
  await second.page.goto(`${portal.url}${address}`);
  await second.look("complaint-second");
  assert.doesNotMatch(await second.page.locator("main").innerText(), /NIP dan nama cocok\./, "the first answer is not seen before the second is given");
  const answer = async (visitor, who) => {
    await visitor.page.goto(`${portal.url}${address}`);
    await visitor.page.locator(who).check();
    await visitor.page.fill("[name=reason]", "Sudah dibandingkan.");
    await visitor.page.locator("form[action$='/decide'] .button-primary").click();
    await visitor.page.locator(".notice-title").first().waitFor();
  };
  await answer(second, "#who-nobody");
  await second.look("complaint-differs");
  assert.equal(await second.page.locator("#join").count(), 0, "nothing is said of the ledger before it is settled");
  await answer(second, "#who-1");
  await answer(examiner, "#who-1");
  await examiner.page.locator("#join").waitFor();
  await examiner.look("complaint-settled");

  // What two decided stands until both want it reopened.
  await examiner.page.fill("[name=reason]", "Ada surat baru.");
  await examiner.page.locator("form[action$='/reopen'] button").click();
  await examiner.page.locator("button[value=keep]").waitFor();
  await second.page.goto(`${portal.url}${address}`);
  await second.look("complaint-reopening");
  await second.page.fill("[name=reason]", "Surat itu tentang orang lain.");
  await press(second, "button[value=keep]", "Enter");
  await second.page.locator(".notice-title").first().waitFor();
  assert.equal(await second.page.locator("#join").count(), 1, "the decision stands");
});

test("signing by keyboard, and what stands in its way", { timeout: 300_000 }, async (t) => {
  const portal = await startPortal(t);
  const browser = await openBrowser(t);
  const address = link(portal, "signer");

  const plain = await browser.visitor(`${portal.url}/`, { javaScriptEnabled: false });
  await plain.page.goto(`${portal.url}/verify`);
  await plain.shoot("nojs-verify");

  const signer = await browser.visitor(address, { viewport: { width: 360, height: 740 } });
  await press(signer, "main form button", "Enter");
  await signer.page.waitForURL(/\/sign/);
  await signer.page.goto(`${portal.url}/sign`);
  await signer.look("tasks-ready");
  const again = await browser.visitor(address);
  await again.look("enter-used");
  await tour(again, { "enter-unknown": "/enter/abc", "code-unknown": "/v/0000-0000-0000" });
  await again.page.goto(`${portal.url}/sign-in`);
  await again.page.locator("[name=email]").evaluate((field) => (field.type = "text"));
  await again.page.fill("[name=email]", "bukan alamat");
  await again.page.locator("main form button").click();
  await again.page.locator("[data-error-summary]").waitFor();
  assert.equal(await again.page.evaluate(() => document.activeElement.hasAttribute("data-error-summary")), true, "the summary takes the focus");
  await again.look("sign-in-errors");

  // The same person without JavaScript, and in a browser that cannot sign.
  const cookies = await signer.context.cookies();
  const bare = await browser.visitor(`${portal.url}/`, { javaScriptEnabled: false });
  await bare.context.addCookies(cookies);
  await bare.page.goto(`${portal.url}/sign?election=${ELECTION}`);
  await bare.shoot("nojs-sign");
  const old = await browser.visitor(`${portal.url}/`);
  await old.context.addCookies(cookies);
  await old.context.addInitScript(() => {
    SubtleCrypto.prototype.generateKey = () => Promise.reject(new DOMException("no Ed25519", "NotSupportedError"));
  });
  await old.page.goto(`${portal.url}/sign?election=${ELECTION}`);
  await old.page.locator("[data-state=unsupported]:visible").waitFor();
  await old.look("sign-unsupported");

  // Read, tick, sign, code: without a mouse.
  await signer.page.goto(`${portal.url}/sign?election=${ELECTION}`);
  await signer.page.locator("form[data-sign] button:enabled").waitFor();
  await press(signer, "[name=agree]", "Space");
  await press(signer, "form[data-sign] button", "Enter");
  await signer.page.waitForURL(/\/sign\/code/);
  await press(signer, "[name=code]", "0");
  await press(signer, "form[action='/sign/code'] button", "Enter");
  await signer.page.locator("[data-error-summary]").waitFor();
  await signer.look("code-errors");
  const mail = await portal.mailbox.next({ matching: /\b\d{6}\b/ });
  await focus(signer, "[name=code]");
  await signer.page.keyboard.type(mail.codes[0]);
  await signer.page.keyboard.press("Enter");
  await signer.page.waitForURL(/\/receipt/);
  await tour(signer, { "tasks-signed": "/sign", "sign-again": `/sign?election=${ELECTION}`, print: `/receipt/print?election=${ELECTION}` });
  // Long titles, names, units and positions must still fit.
  await signer.page.evaluate(() => {
    for (const fact of [...document.querySelectorAll(".sheet dd")].slice(1, 5)) fact.textContent = "Subdirektorat Pengembangan Layanan, ".repeat(2);
  });
  const sheet = await signer.page.pdf({ preferCSSPageSize: true, printBackground: true });
  assert.equal(sheet.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 1, "the receipt is one sheet");

  // "This was not me", and the officer who looks at it.
  const dispute = await signer.page.evaluate(() => fetch("/receipt").then((page) => page.text()).then((html) => html.match(/\/dispute\/[0-9A-Z*~$=-]+/)[0]));
  await tour(again, { "dispute-stranger": dispute });
  await signer.page.goto(`${portal.url}${dispute}`);
  await signer.look("dispute-open");
  await signer.page.locator(`form[action='${dispute}'] button`).click();
  await signer.page.waitForLoadState();
  await signer.look("dispute-disputed");
  await again.page.goto(`${portal.url}${dispute.replace("/dispute/", "/v/")}`);
  await again.page.locator("[data-verdict]").waitFor();
  assert.equal(await again.page.locator("h1:visible").innerText(), "Asli, tetapi disengketakan");
  await again.look("code-disputed");
  const hr = await enter(browser, link(portal, "hr"));
  await makeKey(hr);
  await hr.page.goto(`${portal.url}/disputes`);
  await hr.look("disputes");
  await hr.page.locator("button[value=upheld]").click();
  await hr.page.locator("form[data-act] button:enabled").waitFor();
  await hr.look("dispute-draft");
  await hr.page.locator("form[data-act] button:enabled").click();
  await hr.page.waitForURL(/\/acts\/\d+/);
  await hr.look("act-waits");
  await tour(hr, { acts: "/acts" });

  // Too much, and too often.
  await again.page.goto(`${portal.url}/sign-in`);
  await again.page.locator("main form").evaluate((form) => {
    form.querySelector("[name=email]").remove();
    form.append(Object.assign(document.createElement("textarea"), { name: "email", value: "a".repeat(300_000) }));
  });
  await again.page.locator("main form button").click();
  await again.page.locator("h1", { hasText: "terlalu besar" }).waitFor();
  await again.look("error-413");
  const knocks = await again.page.evaluate(async () => {
    for (let n = 0; n < 2_000; n += 100) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => fetch("/enter/abc", { method: "HEAD" })));
      if (answers.some(({ status }) => status === 429)) return 429;
    }
    return 0;
  });
  assert.equal(knocks, 429, "guessing is slowed down");
  await again.page.goto(`${portal.url}/enter/abc`);
  again.problems.length = 0;
  await again.look("error-429");
});

/** Moves the focus to `selector` with the tabulator alone. */
async function focus(visitor, selector) {
  for (let steps = 0; steps < 60; steps += 1) {
    if (await visitor.page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await visitor.page.keyboard.press("Tab");
  }
  assert.fail(`${selector} is not reached by the tabulator at ${visitor.page.url()}`);
}

async function press(visitor, selector, key) {
  await focus(visitor, selector);
  await visitor.page.keyboard.press(key);
}
