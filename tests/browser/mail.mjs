// Reading the mails that the portal sent, from a folder of .eml files or from an SMTP server of our own.
// Absent: sending, and anything about the portal.

import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";

import { SMTPServer } from "smtp-server";

/**
 * A mail's bytes, taken apart: headers (names in lower case), subject, to, text, html, attachments ({name, type, bytes}), every
 * link and every six-digit code of the text part.
 */
export function parseMail(bytes) {
  const part = readPart(Buffer.from(bytes).toString("latin1"));
  const leaves = leavesOf(part);
  const body = (type) => leaves.find((leaf) => leaf.type === type && !leaf.name)?.bytes.toString("utf8") ?? "";
  const text = body("text/plain");
  return {
    headers: part.headers,
    subject: words(part.headers.subject ?? ""),
    from: words(part.headers.from ?? ""),
    to: words(part.headers.to ?? ""),
    text,
    html: body("text/html"),
    attachments: leaves.filter((leaf) => leaf.name).map(({ name, type, bytes: content }) => ({ name, type, bytes: content })),
    links: (text.match(/https?:\/\/[^\s<>"]+/g) ?? []).map((link) => link.replace(/[.,;:)]+$/, "")),
    codes: text.match(/(?<![\w/-])\d{6}(?![\w/-])/g) ?? [],
  };
}

/** One MIME part: RFC 2045 and 2046, as much of them as mail programs write. */
function readPart(raw) {
  const [head, ...rest] = raw.split(/\r?\n\r?\n/);
  const body = raw.slice(head.length).replace(/^(\r?\n){2}/, "");
  const headers = {};
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const content = headers["content-type"] ?? "text/plain";
  const type = content.split(";")[0].trim().toLowerCase();
  const boundary = parameter(content, "boundary");
  if (type.startsWith("multipart/") && boundary && rest.length > 0) {
    const pieces = `\r\n${body}`.split(new RegExp(`\\r?\\n--${boundary.replace(/[^\w]/g, "\\$&")}`));
    const parts = pieces.slice(1).filter((piece) => !piece.startsWith("--"));
    return { headers, type, parts: parts.map((piece) => readPart(piece.replace(/^[ \t]*\r?\n/, ""))) };
  }
  const name = parameter(headers["content-disposition"] ?? "", "filename") ?? parameter(content, "name");
  return { headers, type, name, bytes: decode(body, headers["content-transfer-encoding"]), parts: [] };
}

function leavesOf(part) {
  return part.bytes ? [part] : part.parts.flatMap(leavesOf);
}

/** A parameter of a header, whole or in the numbered pieces of RFC 2231 §3. */
function parameter(header, name) {
  const pieces = [...header.matchAll(new RegExp(`;\\s*${name}(?:\\*\\d+)?\\s*=\\s*(?:"([^"]*)"|([^;\\s]*))`, "gi"))];
  return pieces.length > 0 ? words(pieces.map((piece) => piece[1] ?? piece[2]).join("")) : undefined;
}

function decode(body, encoding = "7bit") {
  if (/base64/i.test(encoding)) return Buffer.from(body, "base64");
  return Buffer.from(/quoted-printable/i.test(encoding) ? quotedPrintable(body) : body, "latin1");
}

function quotedPrintable(text) {
  return text.replace(/=[ \t]*\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/** Encoded words of a header (RFC 2047); ours are UTF-8. */
function words(header) {
  const joined = header.replace(/(\?=)\s+(?==\?)/g, "$1");
  return joined.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, word) =>
    decode(how.toLowerCase() === "b" ? word : word.replaceAll("_", " "), how.toLowerCase() === "b" ? "base64" : "quoted-printable").toString("utf8"),
  );
}

/** The mails of a folder. Each is handed out once. */
export class Mailbox {
  #seen = new Set();

  constructor(folder) {
    this.folder = folder;
  }

  /** Everything in the folder, oldest first. */
  async all() {
    const names = (await readdir(this.folder, { recursive: false }).catch(() => [])).filter((name) => name.endsWith(".eml"));
    const files = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(this.folder, name))).mtimeMs, bytes: await readFile(join(this.folder, name)) })),
    );
    files.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
    return files.map(({ name, bytes }) => ({ file: name, ...parseMail(bytes) }));
  }

  /**
   * The next unread mail to an address (and with a subject or text that matches), waited for if need be.
   * Without a match in time, the error lists what did arrive.
   */
  async next({ to = "", matching = /(?:)/, within_ms = 20_000 } = {}) {
    const deadline = Date.now() + within_ms;
    for (;;) {
      const unread = (await this.all()).filter((mail) => !this.#seen.has(mail.file));
      const found = unread.find((mail) => mail.to.includes(to) && (matching.test(mail.subject) || matching.test(mail.text)));
      if (found) {
        this.#seen.add(found.file);
        return found;
      }
      if (Date.now() > deadline) {
        const arrived = unread.map((mail) => `  ${mail.to}: ${mail.subject}`).join("\n");
        throw new Error(`no mail to ${to || "anybody"} matching ${matching} within ${within_ms} ms; unread:\n${arrived}`);
      }
      await pause(50);
    }
  }
}

/** A port of 127.0.0.1 that nobody listens on right now. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * A real SMTP server on a free port that keeps what it is sent, until the test `t` ends: {port, mailbox}. `options` are those
 * of smtp-server: to ask for a password, to refuse a recipient, to speak TLS.
 */
export async function startSmtp(t, options = {}) {
  const folder = await mkdtemp(join(tmpdir(), "ikrar-smtp-"));
  let kept = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onData: (stream, _session, done) => {
      // Under its final name only when it is whole, because a reader may be waiting.
      const path = join(folder, String((kept += 1)).padStart(6, "0"));
      pipeline(stream, createWriteStream(path))
        .then(() => rename(path, `${path}.eml`))
        .then(() => done(), done);
    },
    ...options,
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  server.removeAllListeners("error").on("error", () => {}); // a client that hangs up is the client's to report
  t.after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });
  return { port: server.server.address().port, mailbox: new Mailbox(folder) };
}
