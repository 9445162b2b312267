// The page modules of assets/js in a real browser, against the smallest pages that keep assets/js/README.md: strict CSP and trusted
// types, every state. The portal itself is not needed here; the whole story is told in other files.
import test from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { existsSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import * as S from '../../assets/js/statement.js';
import { receipt, PERSON, ORIGIN } from '../js/support.mjs';
import { b64, hex, utf8, unb64, unhex } from '../../assets/js/encoding.js';
import { sha256, concat } from '../../assets/js/hash.js';
import { verify } from '../../assets/js/ed25519.js';
const parts = { election: 'a', version: '1', language: 'id', title: 'Pakta', preamble: 'Saya & "kami" <b>', clause: ['Netral.', 'Dua.'], closing: 'Demikian.' };
const pact = S.pactText(parts), ph = hex(await sha256(pact));
const salt = 'ab'.repeat(32), lab = await S.label(unhex(salt), ORIGIN, 'a', PERSON.nip);
const esc = s => s.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
const page = (title, body, js) => `<!doctype html><html lang=id><meta charset=utf-8><title>${title}</title><body>${body}<script type=module src=/js/${js}></script>`;
let tamper = '', nip = PERSON.nip, fresh = '';
const pactHtml = () => `<h2 data-pact-title>Pakta</h2><p data-pact-preamble>
 ${esc(parts.preamble)}</p><ol><li data-pact-clause>Netral.${tamper}</li><li data-pact-clause>Dua.</li></ol><p data-pact-closing>Demikian.</p>`;
const made = await receipt();
const url = bytes => b64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
const frag = n => '#o1.' + [concat(unhex(made.digests.nip), unhex(made.digests.position), made.salts.name, made.salts.unit), utf8(n), utf8(PERSON.unit)].map(url).join('.');
const states = l => l.split(' ').map(s => `<p data-state="${s}" role=alert tabindex=-1 ${s==='no-js'?'':'hidden'}>W-${s}</p>`).join('');
const N = '0'.repeat(32);
const elect = `ikrar/act/v1\norigin ${ORIGIN}\nkind election\nelection a\ntitle Pilkada 2030\nopens 1900000020\ncloses 1900000080\nzone Asia/Jakarta\ncontest x 5\nlookup receipt\nnonce ${N}\n`;
const pactAct = `ikrar/act/v1\norigin ${ORIGIN}\nkind pact\nelection a\ntext ${b64(utf8(pact))}\nnonce ${N}\n`;
const rosterAct = (add, off, election = 'a') => `ikrar/act/v1\norigin ${ORIGIN}\nkind roster\nelection ${election}\n${add.map(n => `add ${n.repeat(64)}\n`).join('')}${off.map(n => `off ${n.repeat(64)} left\n`).join('')}nonce ${N}\n`;
let rosterActs = [];
const pages = {
  '/acts': q => page('a', `<form data-act data-account=7 method=post action=/post data-origin="${ORIGIN}" data-kind=roster>${states('no-js ready no-key mismatch unsupported failed')}
  <p data-show=election>a</p><p data-show=add>${q.get('add')}</p><p data-show=off>${q.get('off')}</p><pre data-act-text></pre>
  ${rosterActs.map(text => `<input type=hidden name=act value="${b64(utf8(text))}"><input type=hidden name=key><input type=hidden name=signature>`).join('')}<button disabled>S</button></form>`, 'officer.js'),
  '/sign': () => page('s', `<form data-sign method=post action=/post data-origin="${ORIGIN}" data-election=a data-pact=${ph} data-pact-version=1 data-language=id data-label=${lab} data-label-salt=${salt} data-after-size=3 data-after-root="${btoa('x'.repeat(32))}" data-method=email ${fresh}>
  ${states('no-js unsupported text label failed working ready')}${pactHtml()}<dl>${Object.entries(PERSON).map(([k, v]) => `<dd data-field=${k}>${k === 'nip' ? nip : v}</dd>`).join('')}</dl>
  <input type=checkbox name=agree value=yes required>${['statement', 'signature', 'salt_nip', 'salt_name', 'salt_unit', 'salt_position'].map(n => `<input type=hidden name=${n}>`).join('')}<button disabled name=go value=1>T</button></form>`, 'sign.js'),
  '/receipt': q => page('r', `<section data-receipt-key="${q.get('k')}" data-receipt-label=${lab}>${states('own other unknown')}</section>`, 'receipt.js'),
  '/verify': q => page('v', `<section data-verify ${q.get('p') ? 'data-proof-url=/proof' : ''}>${states('no-js ready alone working done failed')}<input type=file multiple data-verify-file><textarea data-verify-paste></textarea><textarea data-verify-vkey></textarea>
  <p data-verdict hidden><b data-is=valid hidden>Sah</b><b data-is=invalid hidden>Tidak sah</b><b data-is=unknown hidden>Belum</b><b data-is=misnamed hidden>Nama</b></p>
  ${['format', 'checkpoint', 'inclusion', 'statement', 'signature', 'opening'].map(c => `<p data-check=${c} hidden>${c} <b data-is=valid hidden>v</b><b data-is=invalid hidden>x</b><b data-is=unknown hidden>?</b> <i data-detail></i></p>`).join('')}
  <p data-vkey-source></p><div data-claims hidden>${['election', 'name', 'unit', 'nip'].map(c => `<p data-claim=${c}></p>`).join('')}<time data-claim=at></time></div></section>`, 'verify.js'),
  '/key': () => page('k', `<form data-officer-key data-account=7 method=post action=/post>${states('no-js has-key no-key unsupported failed')}<code data-public-key></code><input type=hidden name=key><button disabled>B</button><button disabled data-new-key>N</button></form>`, 'officer.js'),
  '/act': q => { const kind = q.get('k'), text = kind === 'pact' ? pactAct : elect; return page('a', `<form data-act data-account=7 method=post action=/post data-origin="${ORIGIN}" data-kind=${kind}>${states('no-js ready no-key mismatch unsupported failed')}
  <p data-show=election>a</p>${kind === 'pact' ? pactHtml() + '<p data-show=version>1</p><p data-show=language>id</p>' : `<p data-show=title>Pilkada 2030${tamper}</p><time data-show=opens></time><time data-show=closes></time><p data-show=zone>Asia/Jakarta</p><p data-show=contest></p><p data-show=lookup>receipt</p>`}
  <pre data-act-text></pre><input type=hidden name=act value="${b64(utf8(text))}"><input type=hidden name=key><input type=hidden name=signature><button disabled>S</button></form>`, 'officer.js'); },
  '/progress': () => page('p', `<div data-progress-url=/p.json><progress></progress><p data-progress-text></p>${states('running done failed')}</div><button hidden data-print>P</button><button hidden data-copy=x>C</button><p id=x>salin</p>`, 'progress.js').replace('</body>', '') + '<script type=module src=/js/print.js></script>',
};
let polls = 0; const posts = [], raw = [];
const server = http.createServer((req, res) => {
  const u = new URL(req.url, 'http://x');
  const head = { 'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'" };
  if (u.pathname.startsWith('/js/')) return res.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(new URL('../../assets/js/' + u.pathname.slice(4), import.meta.url)));
  if (u.pathname === '/log.vkey') return res.end(made.log.vkey + '\n');
  if (u.pathname === '/proof') return res.end(made.proof);
  if (u.pathname === '/p.json') { polls++; return res.end(JSON.stringify(polls < 3 ? { done: polls, total: 3, state: 'running' } : { done: 3, total: 3, state: 'done', next: '/receipt?k=z' })); }
  if (req.method === 'POST') { let b = ''; req.on('data', c => b += c); req.on('end', () => { raw.push(new URLSearchParams(b)); posts.push(Object.fromEntries(new URLSearchParams(b))); res.writeHead(200, head).end('posted'); }); return; }
  if (!pages[u.pathname]) return res.writeHead(404).end();
  res.writeHead(200, { 'content-type': 'text/html', ...head }).end(pages[u.pathname](u.searchParams));
});
await new Promise(listening => server.listen(0, '127.0.0.1', listening));
const base = `http://localhost:${server.address().port}`;
const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const p = await (await browser.newContext()).newPage();
const complaints = [];
p.on('pageerror', e => complaints.push(e.message));
p.on('console', m => m.type() === 'error' && !/favicon|404/.test(m.text()) && complaints.push(m.text()));
test.after(async () => { await browser.close(); server.close(); });
test.afterEach(() => assert.deepEqual(complaints, []));

const at = async path => { await p.goto('about:blank'); await p.goto(base + path); };
const now = (selector, value) => p.waitForFunction(([s, v]) => document.querySelector(s)?.dataset.now === v, [selector, value], { timeout: 10000 })
  .catch(async () => assert.fail(`${selector} is ${await p.evaluate(s => document.querySelector(s)?.dataset.now, selector)}, not ${value}`));
const click = async (selector = 'button') => { await Promise.all([p.waitForURL('**/post'), p.click(selector)]); return posts.at(-1); };
const form = async () => { await at('/sign'); await now('[data-sign]', 'ready'); await p.check('[name=agree]'); };
const refused = async state => { await p.click('button'); await now('[data-sign]', state); };
const choose = (...texts) => p.setInputFiles('input[type=file]', texts.map((t, i) => ({ name: `f${i}`, mimeType: 'text/plain', buffer: Buffer.from(t) })));

test('signing: what is shown is signed, and a retry is identical', async () => {
  await form();
  const sent = await click(), statement = S.readStatement(unb64(sent.statement)), digests = {};
  assert.ok(await verify(unb64(statement.key), unb64(sent.signature), unb64(sent.statement)));
  for (const f of S.FIELDS) digests[f] = await S.digest(unhex(sent['salt_' + f]), f, PERSON[f]);
  assert.equal(await S.commit(lab, digests), statement.commit);
  assert.equal(statement.pact, ph);
  assert.equal(sent.agree, 'yes');
  await form();
  assert.deepEqual(await click(), sent);
  fresh = 'data-fresh';
  await form();
  const anew = await click();
  fresh = '';
  assert.notEqual(anew.statement, sent.statement);
  const stored = await p.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  assert.ok(!stored.includes(PERSON.nip) && !stored.includes(PERSON.name), 'no person is kept');

  await at('/receipt?k=' + encodeURIComponent(statement.key));
  await now('section', 'own');
  await form();
  assert.notEqual((await click()).statement, anew.statement, 'the receipt page forgets the retry');
  await at('/receipt?k=AAAA');
  await now('section', 'other');
});

test('signing: another text, markup in it, a hidden part, another person: refused', async () => {
  const before = posts.length;
  for (const change of ['!', '<i></i>']) {
    tamper = change;
    await form();
    await refused('text');
    assert.equal(await p.evaluate(() => document.activeElement.dataset.state), 'text');
  }
  tamper = '';
  await form();
  await p.evaluate(() => { const h = document.querySelector('h2'); h.after(h.cloneNode(true)); });
  await refused('text');
  await form();
  await p.evaluate(() => { document.querySelector('[data-pact-closing]').hidden = true; });
  await refused('text');
  nip = '198501012010011002';
  await form();
  await refused('label');
  nip = PERSON.nip;
  assert.equal(posts.length, before);
});

test('a proof is checked: chosen, pasted, changed, opened', async () => {
  await at('/verify');
  await now('[data-verify]', 'ready');
  await choose(made.proof);
  await now('[data-verdict]', 'valid');
  await now('[data-vkey-source]', 'portal');
  assert.match(await p.innerText('[data-claims]'), /pilkada-2030/);
  await p.setInputFiles('input[type=file]', { name: 'x', mimeType: 'text/plain', buffer: Buffer.from([0xff]) });
  await now('[data-verify]', 'failed');
  assert.doesNotMatch(await p.innerText('section'), /Sah|pilkada-2030/, 'an old result does not stand beside a failure');
  await choose(made.proof);
  await now('[data-verify]', 'done');
  await p.fill('[data-verify-vkey]', made.log.vkey);
  await p.fill('[data-verify-paste]', made.proof.trim());
  await now('[data-vkey-source]', 'pasted');
  await p.fill('[data-verify-paste]', made.proof.replace('index 4', 'index 3'));
  await now('[data-verdict]', 'invalid');
  assert.doesNotMatch(await p.innerText('section'), /pilkada-2030|format|signature/, 'only what failed is shown');
  const fields = S.FIELDS.map(f => `field ${f} ${hex(made.salts[f])} ${PERSON[f]}\n`).join('');
  const opening = `ikrar/opening/v1\norigin ${ORIGIN}\nelection pilkada-2030\nlabel ${made.label}\nperson ${PERSON.nip} ${hex(made.labelSalt)}\n${fields}`;
  await at('/verify');
  await choose(opening);
  await now('[data-verify]', 'alone');
  for (const damaged of ['', made.proof.replaceAll('\n', '\r\n')]) {
    await choose(damaged);
    await now('[data-verify]', 'failed');
  }
  await choose(made.proof);
  await now('[data-check=opening]', 'valid');
  await at('/verify');
  await choose(opening, made.proof);
  await now('[data-check=opening]', 'valid');
  assert.match(await p.innerText('[data-claims]'), new RegExp(PERSON.nip));
  const other = await receipt({ log: made.log, index: 5 });
  await choose(other.proof);
  await now('[data-verify]', 'done');
  await now('[data-verdict]', 'valid');
  assert.doesNotMatch(await p.innerText('section'), new RegExp(PERSON.nip), 'the opening was of the proof before');
});

test('a receipt\'s QR code: its name, another name, rubbish', async () => {
  await at('/verify?p=1');
  await now('[data-verdict]', 'valid');
  await at('/verify?p=1' + frag(PERSON.name));
  await now('[data-check=opening]', 'valid');
  assert.match(await p.innerText('[data-claims]'), new RegExp(PERSON.name));
  await at('/verify?p=1' + frag('Budi Santoso'));
  await now('[data-check=opening]', 'invalid');
  await now('[data-verdict]', 'misnamed');
  await now('[data-check=signature]', 'valid');
  assert.doesNotMatch(await p.innerText('section'), /Budi|Tidak sah|pilkada-2030/);
  for (const cut of ['#o1.rubbish', frag(PERSON.name).slice(0, 60), frag(PERSON.name).slice(0, -3)]) {
    await at('/verify?p=1' + cut);
    await now('[data-verdict]', 'misnamed');
  }
  await at('/verify?p=1');
  await choose(made.proof.replace('index 4', 'index 3'), `ikrar/opening/v1\n`);
  await now('[data-verdict]', 'invalid');
});

test('an officer\'s key stays, signs what is shown, and nothing else', async () => {
  await at('/act?k=election');
  await now('form', 'no-key');
  await at('/key');
  await now('form', 'no-key');
  const { key } = await click();
  await at('/key');
  await now('form', 'has-key');
  assert.equal(await p.innerText('[data-public-key]'), key);
  assert.equal((await click()).key, key);
  for (const kind of ['election', 'pact']) {
    await at('/act?k=' + kind);
    await now('form', 'ready');
    if (kind === 'election') assert.match(await p.innerText('[data-show=opens]'), /18 Maret 2030 .*WIB/);
    const sent = await click();
    assert.equal(sent.key, key);
    assert.ok(await verify(unb64(key), unb64(sent.signature), unb64(sent.act)));
    tamper = '!';
    await at('/act?k=' + kind);
    await now('form', 'mismatch');
    assert.ok(await p.isDisabled('button'));
    tamper = '';
  }
  await at('/key');
  await now('form', 'has-key');
  assert.notEqual((await click('[data-new-key]')).key, key);
});

test('several roster acts are signed with one click, their labels counted together', async () => {
  rosterActs = [rosterAct(['1', '2'], []), rosterAct(['3'], ['4'])];
  await at('/acts?add=3&off=1');
  await now('form', 'ready');
  await click();
  const sent = raw.at(-1);
  const [acts, keys, signatures] = ['act', 'key', 'signature'].map(name => sent.getAll(name));
  assert.deepEqual(acts.map(act => new TextDecoder().decode(unb64(act))), rosterActs);
  for (const [i, act] of acts.entries()) assert.ok(await verify(unb64(keys[i]), unb64(signatures[i]), unb64(act)));
  await at('/acts?add=2&off=1');
  await now('form', 'mismatch');
  rosterActs = [rosterAct(['1'], []), rosterAct(['2'], [], 'b')];
  await at('/acts?add=2&off=0');
  await now('form', 'mismatch');
});

test('progress is followed to its end', async () => {
  await at('/progress');
  await p.waitForURL('**/receipt?k=z');
});
