// The harness itself, against tiny pages that are right or wrong on purpose: a check that cannot fail proves nothing.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";

import { SHOTS, openBrowser, parseMail, startPortal, startSmtp } from "./lib.mjs";

const PAGES = {
  "/": "<h1>Halo</h1><p>Ini halaman yang baik.</p>",
  "/inline": "<h1>Halo</h1><script>document.title = 'x'</script>",
  "/throws": '<h1>Halo</h1><script src="/throws.js"></script>',
  "/missing": '<h1>Halo</h1><img src="/none.png" alt="">',
  "/nameless": "<h1>Halo</h1><button></button>",
  "/wide": '<h1>Halo</h1><link rel="stylesheet" href="/wide.css"><p>Lebar</p>',
};
const FILES = { "/throws.js": "throw new Error('planted')", "/wide.css": "p { width: 600px }", "/icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>" };
const TYPES = { js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

async function site(t) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    response.setHeader("content-security-policy", "default-src 'self'");
    if (pathname in FILES) {
      response.setHeader("content-type", TYPES[pathname.split(".").pop()]);
      return response.end(FILES[pathname]);
    }
    response.statusCode = pathname in PAGES ? 200 : 404;
    response.setHeader("content-type", "text/html; charset=utf-8");
    const head = '<title>Ikrar</title><meta name="viewport" content="width=device-width"><link rel="icon" href="/icon.svg">';
    return response.end(`<!doctype html><html lang="id"><head>${head}</head><body><main>${PAGES[pathname] ?? "<h1>Tidak ada</h1>"}</main></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

test("a browser that notices what is amiss", { timeout: 120_000 }, async (t) => {
  const url = await site(t);
  const browser = await openBrowser(t);

  await t.test("a good page passes and is pictured at both widths", async () => {
    const visitor = await browser.visitor(`${url}/`);
    await visitor.look("harness-good");
    assert.ok(existsSync(join(SHOTS, "harness-good-320.png")) && existsSync(join(SHOTS, "harness-good-1280.png")));
    assert.equal(visitor.page.viewportSize().width, 1280);
  });

  await t.test("a page that is missing on purpose is the test's to judge", async () => {
    const visitor = await browser.visitor(`${url}/nowhere`);
    assert.equal(await visitor.page.textContent("h1"), "Tidak ada");
    visitor.well();
  });

  for (const [path, expected] of [
    ["/inline", /CSP script-src-elem refused inline/],
    ["/throws", /uncaught: planted/],
    ["/missing", /404.*none\.png/s],
    ["/nameless", /button-name/],
    ["/wide", /px wide on a screen of 320 px/],
  ]) {
    await t.test(`${path} is caught`, async () => {
      const visitor = await browser.visitor(url + path);
      await assert.rejects(() => visitor.look(`harness${path.replace("/", "-")}`), expected);
    });
  }

  await t.test("asking another host is caught", async () => {
    const visitor = await browser.visitor(`${url}/`);
    await visitor.page.goto(`${url.replace("127.0.0.1", "localhost")}/`);
    assert.throws(() => visitor.well(), /asked another host: http:\/\/localhost/);
  });
});

test("a portal is started, heard and stopped", { timeout: 30_000 }, async (t) => {
  const program = (script) => [process.execPath, "-e", script, "--"];
  const portal = await startPortal(t, {
    // It listens for the signal before it says that it is ready: whoever reads the line may send one at once.
    program: program(`process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);
      console.log(process.argv.join(' ')); console.error('a link'); console.log('ready http://127.0.0.1:1/');`),
    args: ["--people", "5"],
  });
  assert.equal(portal.url, "http://127.0.0.1:1");
  assert.match(portal.lines.join("\n"), /demo --port \d+ --data \S+ --people 5/);
  assert.deepEqual(await portal.stop(), { code: 0, signal: null });

  await assert.rejects(() => startPortal(t, { program: program("console.log('no key'); process.exit(3)") }), /ended with 3.*no key/s);
  await assert.rejects(() => startPortal(t, { program: ["/nowhere/ikrar"] }), /did not start/);
});

test("a mail is taken apart", () => {
  const mail = parseMail(
    [
      "From: Ikrar <ikrar@kementerian.example>",
      "To: Ani Wulandari <ani@kementerian.example>",
      "Subject: =?utf-8?Q?Ikrar_netralitas_=E2=80=93?=",
      " =?utf-8?B?IGtvZGU=?=",
      'Content-Type: multipart/mixed; boundary="a=b"',
      "",
      "--a=b",
      'Content-Type: multipart/alternative; boundary="c"',
      "",
      "--c",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Bu Ani, kode Anda 123456 =E2=80=93 bukan 1234567.",
      "Buka http://127.0.0.1:8080/masuk?t=3Dabc=",
      "def.",
      "--c",
      "Content-Type: text/html; charset=utf-8",
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from("<p>Bu Ani</p>").toString("base64"),
      "--c--",
      "--a=b",
      'Content-Type: application/octet-stream; name="bukti.tlog"',
      'Content-Disposition: attachment; filename="bukti.tlog"',
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.from([0, 255, 10]).toString("base64"),
      "--a=b--",
      "",
    ].join("\r\n"),
  );
  assert.equal(mail.subject, "Ikrar netralitas – kode");
  assert.match(mail.to, /ani@kementerian\.example/);
  assert.deepEqual(mail.codes, ["123456"]);
  assert.deepEqual(mail.links, ["http://127.0.0.1:8080/masuk?t=abcdef"]);
  assert.equal(mail.html, "<p>Bu Ani</p>");
  assert.deepEqual(mail.attachments.map(({ name, bytes }) => [name, [...bytes]]), [["bukti.tlog", [0, 255, 10]]]);
});

test("an SMTP server keeps what it is sent", { timeout: 30_000 }, async (t) => {
  const { port, mailbox } = await startSmtp(t);
  await assert.rejects(() => mailbox.next({ to: "budi@", within_ms: 0 }), /no mail to budi@/);
  await send(port, "budi@kementerian.example", "Subject: Undangan\r\nTo: budi@kementerian.example\r\n\r\nKode 654321\r\n");
  const mail = await mailbox.next({ to: "budi@", matching: /undangan/i });
  assert.deepEqual(mail.codes, ["654321"]);
  await assert.rejects(() => mailbox.next({ to: "budi@", within_ms: 0 }), /no mail to budi@/);
});

/** As much SMTP as one mail needs. */
async function send(port, to, mail) {
  const socket = connect(port, "127.0.0.1");
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  const say = async (line) => {
    if (line) socket.write(`${line}\r\n`);
    let answer;
    do answer = (await answers.next()).value ?? "";
    while (/^\d{3}-/.test(answer));
    assert.match(answer, /^[23]/, `${line}: ${answer}`);
  };
  for (const line of ["", "EHLO test", "MAIL FROM:<ikrar@kementerian.example>", `RCPT TO:<${to}>`, "DATA", `${mail}.`, "QUIT"]) await say(line);
  socket.destroy();
}
