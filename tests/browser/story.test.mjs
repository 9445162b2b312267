// The whole story in a real browser: HR opens an election, publishes the pact, imports an export of SIASN and invites; a civil
// servant opens the mail and signs; a stranger verifies; an examiner joins a complaint to the signature. Every page is looked
// at on a phone and on a desk, and must be accessible and silent.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { fragmentOf } from "./fragment.mjs";
import { openBrowser, startPortal } from "./lib.mjs";

const ELECTION = "pilkada-uji";
const SIGNER = { nip: "198803122012032004", name: "Wulan Pertiwi Anggraini, S.Kom.", email: "wulan.pertiwi@uji.invalid" };

/** An export as SIASN gives it to Excel in Indonesia: semicolons, Windows-1252, columns nobody asked for. */
function siasn() {
  const head = "PNS ID;NIP BARU;NIP LAMA;NAMA;GELAR DEPAN;GELAR BELAKANG;NIK;EMAIL;EMAIL GOV;ALAMAT;JENIS PEGAWAI NAMA;KEDUDUKAN HUKUM NAMA;GOL AKHIR NAMA;JABATAN NAMA;LOKASI KERJA NAMA;UNOR NAMA;SATUAN KERJA KERJA NAMA";
  const row = (nip, name, after, email, standing, position) =>
    `A1;'${nip};;${name};;${after};3171000000000000;;${email};Jl. Contoh 1;PNS;${standing};III/c;${position};Jakarta;Seksi Literasi Digital - Direktorat Pemberdayaan Informatika;Ditjen Aplikasi Informatika`;
  const lines = [
    head,
    row(SIGNER.nip, "Wulan Pertiwi Anggraini", "S.Kom.", SIGNER.email, "Aktif", "Pranata Komputer Ahli Muda"),
    row("199001152015031002", "Rangga Adiputra", "S.T.", "rangga.adiputra@uji.invalid", "Aktif", "Analis Kebijakan"),
    row("196511021990031001", "Suparjo Hadinata", "", "suparjo@uji.invalid", "Pensiun", "Pengadministrasi"),
    row("1.98609E+17", "Rusak Karena Excel", "", "rusak@uji.invalid", "Aktif", "Analis"),
  ];
  return Buffer.from(lines.join("\r\n"), "latin1");
}

const link = (portal, who) => {
  const line = portal.lines.find((text) => text.trim().startsWith(who) && text.includes("/enter/"));
  assert.ok(line, `the demo printed no link for ${who}:\n${portal.lines.join("\n")}`);
  return line.match(/https?:\S+/)[0];
};

async function enter(browser, url) {
  const visitor = await browser.visitor(url);
  await visitor.page.locator("main form button").click();
  return visitor;
}

const day = (offset) => new Date(Date.now() + offset * 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 16);

async function signAct(visitor) {
  await visitor.page.locator("form[data-act] button:enabled").first().click();
}

test("from an HR export to a verified signature and a joined complaint", { timeout: 600_000 }, async (t) => {
  const portal = await startPortal(t, { args: ["--people", "20"] });
  const browser = await openBrowser(t);

  // HR: a key of her own, an election, its pact.
  const hr = await enter(browser, link(portal, "hr"));
  await hr.page.goto(`${portal.url}/key`);
  await hr.page.locator("form[data-officer-key] button:enabled").first().click();
  await hr.page.waitForLoadState();
  await hr.look("key");
  await hr.page.goto(`${portal.url}/elections/new`);
  await hr.look("election-new");
  await hr.page.fill("[name=title]", "Pilkada Uji");
  await hr.page.fill("[name=id]", ELECTION);
  await hr.page.fill("[name=opens]", day(-1));
  await hr.page.fill("[name=closes]", day(30));
  await hr.page.locator("main form[action='/elections/draft'] button").click();
  await hr.look("election-draft");
  await signAct(hr);
  await hr.page.waitForURL(new RegExp(`/elections/${ELECTION}`));
  await hr.page.goto(`${portal.url}/elections/${ELECTION}/pact`);
  await hr.look("pact-form");
  await hr.page.locator(`main form[action='/elections/${ELECTION}/pact'] button`).click();
  await hr.look("pact-draft");
  await signAct(hr);
  await hr.page.waitForURL(new RegExp(`/elections/${ELECTION}`));
  await hr.look("election");

  // HR: the export, with its preview; then the invitations.
  await hr.page.goto(`${portal.url}/roster`);
  await hr.look("roster");
  await hr.page.selectOption("[name=election]", ELECTION);
  await hr.page.setInputFiles("[name=file]", { name: "siasn.csv", mimeType: "text/csv", buffer: siasn() });
  await hr.page.locator("main form[action='/roster'] button").click();
  await hr.page.waitForURL(/\/roster\/\d+/);
  await hr.page.locator("form[data-act]").waitFor();
  assert.match(await hr.page.locator("main").innerText(), /Wulan Pertiwi/);
  await hr.look("roster-preview");
  await signAct(hr);
  await hr.page.waitForLoadState();
  await hr.page.goto(`${portal.url}/hr?election=${ELECTION}`);
  await hr.look("hr");
  await hr.page.locator("form[action='/hr/invite'] button").click();
  await hr.page.waitForLoadState();

  // The civil servant, on a phone: mail, pact, code, receipt.
  const invitation = await portal.mailbox.next({ to: SIGNER.email });
  assert.ok(!invitation.text.includes(SIGNER.nip), "no number in a mail");
  const signer = await browser.visitor(invitation.links.find((url) => url.includes("/enter/")), { viewport: { width: 360, height: 740 } });
  await signer.look("enter");
  await signer.page.locator("main form button").click();
  await signer.page.goto(`${portal.url}/sign?election=${ELECTION}`);
  await signer.page.locator("form[data-sign] button:enabled").waitFor();
  await signer.look("sign");
  await signer.page.locator("[name=agree]").check();
  await signer.page.locator("form[data-sign] button").click();
  await signer.page.waitForURL(/\/sign\/code/);
  await signer.look("sign-code");
  const mail = await portal.mailbox.next({ to: SIGNER.email, matching: /\b\d{3} ?\d{3}\b/ });
  await signer.page.fill("[name=code]", mail.codes[0]);
  await signer.page.locator("form[action='/sign/code'] button").first().click();
  await signer.page.waitForURL(/\/receipt/);
  await signer.page.locator("[data-state=own]:visible").waitFor();
  await signer.look("receipt");
  const code = (await signer.page.locator(".reference").innerText()).trim();
  const saved = async (path, name) => {
    const response = await signer.context.request.get(`${portal.url}${path}?election=${ELECTION}`);
    assert.equal(response.status(), 200, path);
    const file = join(portal.dir, name);
    await writeFile(file, await response.body());
    return file;
  };
  const proof = await saved("/receipt/proof", "my.proof");
  const opening = await saved("/receipt/opening", "my.opening");
  await signer.page.goto(`${portal.url}/receipt/print?election=${ELECTION}`);
  await signer.look("receipt-print");
  const received = await portal.mailbox.next({ to: SIGNER.email, matching: new RegExp(code.slice(0, 9)) });
  assert.deepEqual(received.attachments.length, 1, "the receipt's mail carries the proof");

  // A stranger: from the QR code's address, from the files, from the command line.
  const fragment = await qrFragment(signer, portal);
  const stranger = await browser.visitor(`${portal.url}/v/${code}#${fragment}`);
  await stranger.page.locator("[data-verdict][data-now=valid]").waitFor();
  assert.equal(await stranger.page.locator("[data-claim=name]").innerText(), SIGNER.name);
  assert.ok(!(await stranger.page.content()).includes(SIGNER.nip), "no number on a public page");
  await stranger.look("verify");
  await stranger.page.goto(`${portal.url}/verify`);
  await stranger.look("verify-form");
  await stranger.page.setInputFiles("[data-verify-file]", [proof, opening]);
  await stranger.page.locator("[data-verdict][data-now=valid]").waitFor();
  await stranger.look("verify-file");
  const forged = Buffer.from((await readFile(proof, "utf8")).replace(/\nindex (\d+)/, (_, n) => `\nindex ${Number(n) - 1}`));
  await stranger.page.goto(`${portal.url}/verify`);
  await stranger.page.setInputFiles("[data-verify-file]", { name: "forged.proof", mimeType: "text/plain", buffer: forged });
  await stranger.page.locator("[data-verdict][data-now=invalid]").waitFor();
  await stranger.look("verify-forged");
  for (const path of ["/", "/ledger", "/ledger/0", `/pact/${ELECTION}/1`, "/privacy", "/accessibility", "/sign-in"]) {
    await stranger.page.goto(`${portal.url}${path}`);
    await stranger.look(`public${path.replaceAll("/", "-")}`);
  }
  const run = promisify(execFile);
  await run(process.env.IKRAR_BIN, ["verify", proof, "--opening", opening, "--vkey", join(portal.dir, "log/log.vkey")]);
  await run(process.env.IKRAR_BIN, ["audit", portal.url]);
  await run(process.env.IKRAR_BIN, ["audit", join(portal.dir, "log")]);

  // The examiner: a complaint comes in, is matched, decided by a person, joined to the signature.
  const examiner = await enter(browser, link(portal, "examiner"));
  await examiner.page.goto(`${portal.url}/complaints/import`);
  await examiner.look("complaint-import");
  const tomorrow = new Date(Date.now() + 86_400_000 + 7 * 3_600_000).toISOString().slice(0, 10);
  const complaints = `complaint_id,channel,accused_name,unit,city,position,nip_fragment,handle,incident_date,note\nUJI-1,surat,Sdri. Wulan Pertiwi Angraini,Seksi Literasi Digital,Jakarta,,${SIGNER.nip},,${tomorrow},<script>alert(1)</script>\n`;
  await examiner.page.setInputFiles("[name=file]", { name: "aduan.csv", mimeType: "text/csv", buffer: Buffer.from(complaints) });
  await examiner.page.locator("button[value=import]").click();
  await examiner.page.waitForLoadState();
  await examiner.page.goto(`${portal.url}/complaints`);
  await examiner.look("complaints");
  await examiner.page.getByText("UJI-1").first().click();
  assert.match(await examiner.page.locator("main").innerText(), /Wulan Pertiwi Anggraini/);
  await examiner.look("complaint");
  await examiner.page.locator("[name=who]").first().check();
  await examiner.page.fill("[name=reason]", "NIP dan nama cocok dengan surat.");
  await examiner.page.locator("form[action$='/decide'] .button-primary").click();
  await examiner.page.waitForLoadState();
  assert.ok((await examiner.page.locator("main").innerText()).includes(code), "the join names the proof");
  await examiner.look("complaint-joined");

  // What HR sees now.
  await hr.page.goto(`${portal.url}/hr?election=${ELECTION}`);
  assert.match(await hr.page.locator("main").innerText(), /1 dari 2/);
  await hr.look("hr-signed");
});

/** The fragment of the printed receipt's QR code, made from the opening as its page makes it. */
async function qrFragment(signer, portal) {
  const opening = await (await signer.context.request.get(`${portal.url}/receipt/opening?election=${ELECTION}`)).text();
  return fragmentOf(opening);
}
