// A portal of its own and a real browser for each story. Absent: the stories (`*.test.mjs`), and reading mails (mail.mjs).
//
//   const portal = await startPortal(t);                    // `ikrar demo` on a free port, in a folder of its own
//   const browser = await openBrowser(t);
//   const signer = await browser.visitor(portal.url);       // one person: own cookies, own window
//   const mail = await portal.mailbox.next({ to: "ani@" });
//   await signer.page.goto(mail.links[0]);
//   await signer.look("invitation");                        // pictures at 320 and 1280 px, accessibility, nothing amiss

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { Mailbox, freePort } from "./mail.mjs";

export { Mailbox, freePort, parseMail, startSmtp } from "./mail.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** Where pictures go. */
export const SHOTS = process.env.IKRAR_SHOTS ?? join(here, "shots");

/** The narrowest phone and an ordinary desktop. */
export const WIDTHS = [
  { width: 320, height: 640 },
  { width: 1280, height: 800 },
];

const START_MS_MAX = 120_000;
const STOP_MS_MAX = 10_000;

/**
 * Starts the program and waits for its line `ready http://…`. Stopped, and its folder removed, when the test `t` ends.
 * `command` is `demo` or another subcommand that serves; `args` follow `--port` and `--data`; `dir` is given to start again on what an
 * earlier portal left. The result: url, dir, mailbox, lines (what it has said so far), stop(), kill().
 */
export async function startPortal(t, { program, command = "demo", args = [], env = {}, dir } = {}) {
  const [bin, ...before] = program ?? [process.env.IKRAR_BIN ?? ""];
  assert.ok(bin, "IKRAR_BIN names the program to test; `make browser` sets it");
  const folder = dir ?? (await mkdtemp(join(tmpdir(), "ikrar-portal-")));
  if (!dir) t.after(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const child = spawn(bin, [...before, command, "--port", String(port), "--data", folder, ...args], {
    env: { ...withoutSettings(process.env), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return gone;
    child.kill(signal);
    const limit = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    const how = await gone;
    clearTimeout(limit);
    return how;
  };
  t.after(() => end("SIGTERM"));
  const lines = [];
  const url = await readyUrl(child, gone, lines);
  return {
    url,
    dir: folder,
    lines,
    mailbox: new Mailbox(join(folder, "mail")),
    /** Asks it to stop and says how it ended: {code, signal}. */
    stop: () => end("SIGTERM"),
    /** Takes it away in the middle of whatever it does. */
    kill: () => end("SIGKILL"),
  };
}

/** The developer's own settings have no say in a test. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("IKRAR_") && name !== "TEST_DATABASE_URL"));
}

function readyUrl(child, gone, lines) {
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the portal ${why}; it said:\n${lines.slice(-40).join("\n")}`));
    const limit = setTimeout(() => fail(`was not ready after ${START_MS_MAX} ms`), START_MS_MAX);
    const hear = (line) => {
      lines.push(line);
      const ready = /^ready (https?:\/\/\S+)/.exec(line);
      if (ready) {
        clearTimeout(limit);
        resolve(ready[1].replace(/\/$/, ""));
      }
    };
    createInterface({ input: child.stdout }).on("line", hear);
    createInterface({ input: child.stderr }).on("line", hear);
    child.once("error", (error) => fail(`did not start (${error.message})`));
    gone.then(({ code, signal }) => {
      clearTimeout(limit);
      fail(`ended with ${signal ?? code} before it was ready`);
    });
  });
}

/** Chromium, until the test `t` ends. */
export async function openBrowser(t) {
  const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
  assert.ok(executablePath, "no Chromium here: run scripts/setup, or name one in CHROMIUM");
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  t.after(() => browser.close());
  return {
    /** A new person at `url`, on a screen of the given size. Extra `options` are Playwright's for a context. */
    async visitor(url, options = {}) {
      const context = await browser.newContext({
        viewport: WIDTHS[1],
        locale: "id-ID",
        timezoneId: "Asia/Jakarta",
        reducedMotion: "reduce",
        ...options,
      });
      const visitor = new Visitor(context, new URL(url).origin);
      await visitor.arrive(url);
      return visitor;
    },
  };
}

/** One person with a browser window. Everything amiss that the browser noticed is in `problems`. */
class Visitor {
  problems = [];
  #documents = new Set();

  constructor(context, origin) {
    this.context = context;
    this.origin = origin;
  }

  async arrive(url) {
    this.context.on("request", (request) => {
      if (request.isNavigationRequest()) this.#documents.add(request.url());
      const asked = new URL(request.url());
      if (asked.protocol.startsWith("http") && asked.origin !== this.origin) this.problems.push(`asked another host: ${asked.href}`);
    });
    this.context.on("console", (message) => this.#hear(message));
    this.context.on("weberror", (error) => this.problems.push(`uncaught: ${error.error().message}`));
    await this.context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`CSP ${event.effectiveDirective} refused ${event.blockedURI || "inline"} in ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    this.page = await this.context.newPage();
    await this.page.goto(url);
  }

  #hear(message) {
    if (message.type() !== "error") return;
    // A page that answers 403 or 404 on purpose is the test's to judge; a picture or style that is missing is not.
    const status = message.text().startsWith("Failed to load resource: the server responded");
    if (status && this.#documents.has(message.location().url)) return;
    this.problems.push(`${message.text()} (${message.location().url})`);
  }

  /** Fails on serious and critical accessibility findings of the page as it stands. */
  async accessible() {
    if (!(await this.page.evaluate(() => typeof globalThis.axe === "object"))) await this.page.evaluate(await axeSource());
    const { violations } = await this.page.evaluate(() =>
      globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
    );
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const shown = grave.map(({ id, impact, help, nodes }) => `  ${impact} ${id}: ${help}\n${nodes.map(({ html }) => `    ${html}`).join("\n")}`);
    assert.equal(grave.length, 0, `accessibility of ${this.page.url()}:\n${shown.join("\n")}`);
  }

  /** A picture of the whole page at each width, as SHOTS/name-320.png and SHOTS/name-1280.png. */
  async shoot(name) {
    await mkdir(SHOTS, { recursive: true });
    await this.#atEachWidth((width) => this.page.screenshot({ path: join(SHOTS, `${name}-${width}.png`), fullPage: true }));
  }

  /** What every page must stand: pictures, nothing wider than the screen, accessible at both widths, and no problem so far. */
  async look(name) {
    await this.shoot(name);
    await this.#atEachWidth(async (width) => {
      const wide = await this.page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${this.page.url()} is ${wide} px wide on a screen of ${width} px`);
      await this.accessible();
    });
    this.well();
  }

  /** Fails if the browser noticed anything: console errors, Content-Security-Policy violations, foreign hosts, missing files. */
  well() {
    assert.deepEqual(this.problems, [], `the browser noticed at ${this.page.url()}:\n${this.problems.join("\n")}`);
  }

  async #atEachWidth(act) {
    const before = this.page.viewportSize();
    for (const size of WIDTHS) {
      await this.page.setViewportSize(size);
      await act(size.width);
    }
    await this.page.setViewportSize(before);
  }
}

let axe;
function axeSource() {
  axe ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  return axe;
}
