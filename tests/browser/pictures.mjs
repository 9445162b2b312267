// The README's pictures, from a fresh demonstration: `scripts/readme-pictures`. Absent: tests.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { fragmentOf } from "./fragment.mjs";
import { openBrowser, startPortal } from "./lib.mjs";

const ELECTION = "pemilu-peragaan";
const folder = process.argv[2] ?? "docs/img";
const endings = [];
const t = { after: (ending) => endings.unshift(ending) };

const link = (portal, who) => portal.lines.find((line) => line.trim().startsWith(who) && line.includes("/enter/")).match(/https?:\S+/)[0];

async function enter(browser, url, options) {
  const visitor = await browser.visitor(url, options);
  await visitor.page.locator("main form button").click();
  await visitor.page.waitForLoadState();
  return visitor;
}

/** The top of a page, `height` px of it. */
async function picture(visitor, name, height) {
  const { width } = visitor.page.viewportSize();
  await visitor.page.setViewportSize({ width, height });
  await visitor.page.evaluate(() => document.activeElement?.blur());
  await visitor.page.screenshot({ path: join(folder, `${name}-${width}.png`) });
}

async function pictures() {
  await mkdir(folder, { recursive: true });
  const portal = await startPortal(t, { args: ["--people", "120"] });
  const browser = await openBrowser(t);

  const hr = await enter(browser, link(portal, "hr"));
  await picture(hr, "hr", 1150);

  const signer = await enter(browser, link(portal, "signer"), { viewport: { width: 320, height: 640 } });
  await signer.page.goto(`${portal.url}/sign?election=${ELECTION}`);
  await signer.page.locator("form[data-sign] button:enabled").waitFor();
  await picture(signer, "sign", 900);
  await signer.page.locator("[name=agree]").check();
  await signer.page.locator("form[data-sign] button").click();
  await signer.page.waitForURL(/\/sign\/code/);
  const mail = await portal.mailbox.next({ matching: /\b\d{6}\b/ });
  await signer.page.fill("[name=code]", mail.codes[0]);
  await signer.page.locator("form[action='/sign/code'] button").first().click();
  await signer.page.waitForURL(/\/receipt/);
  const code = (await signer.page.locator(".reference").innerText()).trim();
  const opening = await (await signer.context.request.get(`${portal.url}/receipt/opening?election=${ELECTION}`)).text();

  const stranger = await browser.visitor(`${portal.url}/v/${code}#${fragmentOf(opening)}`);
  await stranger.page.locator("[data-verdict][data-now=valid]").waitFor();
  await picture(stranger, "verify", 1150);

  const examiner = await enter(browser, link(portal, "examiner"));
  await examiner.page.goto(`${portal.url}/complaints`);
  await examiner.page.locator("main tbody tr:has(.tag-info) th a").first().click();
  await examiner.page.waitForLoadState();
  await examiner.page.setViewportSize({ width: 1280, height: 1150 });
  await examiner.page.locator("h2").nth(1).evaluate((heading) => heading.scrollIntoView());
  await picture(examiner, "complaint", 1150);
}

try {
  await pictures();
} finally {
  for (const ending of endings) await ending();
}
