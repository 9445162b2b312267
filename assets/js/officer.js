// An officer's key (made here, not extractable, kept in IndexedDB) and the acts signed with it. An act is parsed, and what the
// page shows must be what the act says, before it is signed. Contract: README.md.
import { b64, unb64, unutf8, utf8 } from './encoding.js';
import { generate, publicKey, sign, supported } from './ed25519.js';
import { readAct } from './entry.js';
import { pactText, readPact } from './statement.js';
import { onSubmit, shown, shownPact } from './form.js';
import { all, fill, one, state, time } from './page.js';

const settled = request => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});
async function keys(mode, use) {
  const open = indexedDB.open('ikrar', 1);
  open.onupgradeneeded = () => open.result.createObjectStore('keys');
  return settled(use((await settled(open)).transaction('keys', mode).objectStore('keys')));
}
const account = form => form.dataset.account ?? '';
const stored = form => keys('readonly', store => store.get(account(form)));

async function keyPage(form) {
  const had = await stored(form);
  onSubmit(form, async button => {
    let pair = 'newKey' in (button?.dataset ?? {}) ? null : await stored(form);
    if (!pair) {
      pair = await generate();
      await keys('readwrite', store => store.put(pair, account(form)));
    }
    return { key: b64(await publicKey(pair)) };
  });
  if (had) fill(one('[data-public-key]', form), b64(await publicKey(had)));
  state(form, had ? 'has-key' : 'no-key');
}

const values = (form, name) => all(`input[name="${name}"]`, form).map(input => input.value);

// The own lines of one act, or of several roster acts together: their labels in one list, every other line the same in all of them.
function ownLines(form, texts, mismatch) {
  const acts = texts.map(text => {
    const { origin, kind, nonce, ...own } = readAct(text);
    if (origin !== form.dataset.origin || kind !== form.dataset.kind) mismatch();
    return own;
  });
  if (acts.length > 1 && form.dataset.kind !== 'roster') mismatch();
  return acts.reduce((sum, { add, off, ...same }) => {
    const { add: adds, off: offs, ...others } = sum;
    if (JSON.stringify(same) !== JSON.stringify(others)) mismatch();
    return { ...same, add: [...adds, ...add], off: [...offs, ...off] };
  });
}

// Throws 'mismatch' unless every own line of the acts is on the page.
function compare(form, texts) {
  const mismatch = () => { throw new Error('mismatch'); };
  const { text: pact, ...own } = ownLines(form, texts, mismatch);
  if (pact) {
    const { version, language, election } = readPact(unutf8(unb64(pact)));
    if (election !== own.election || pactText({ election, version, language, ...shownPact(form) }) !== unutf8(unb64(pact))) mismatch();
    Object.assign(own, { version, language });
  }
  for (const [key, value] of Object.entries(own)) {
    const elements = all(`[data-show="${key}"]`, form);
    const texts = key === 'add' || key === 'off' ? [String(value.length)] : key === 'policy' ? [unutf8(unb64(value)).trim()] : [value].flat();
    if (elements.length !== texts.length) mismatch();
    if (key === 'opens' || key === 'closes') elements[0].textContent = time(value, own.zone);
    else if (key === 'contest') texts.forEach((t, i) => {
      const [id, at] = t.split(' ');
      elements[i].textContent = `${id}, ${time(at, own.zone)}`;
    });
    else if (shown(`[data-show="${key}"]`, form).some((t, i) => t !== texts[i])) mismatch();
  }
}

async function actPage(form) {
  const pair = await stored(form), texts = values(form, 'act').map(act => unutf8(unb64(act)));
  const agreed = () => { try { compare(form, texts); } catch { throw new Error('mismatch'); } };
  if (!pair) return state(form, 'no-key');
  const whole = one('[data-act-text]', form);
  if (whole) whole.textContent = texts.join('\n');
  try { agreed(); } catch { return state(form, 'mismatch'); }
  onSubmit(form, async () => {
    agreed();
    const key = b64(await publicKey(pair)), signature = [];
    for (const text of texts) signature.push(b64(await sign(pair, text)));
    return { act: texts.map(text => b64(utf8(text))), key: texts.map(() => key), signature };
  });
}

const able = await supported();
for (const [selector, page] of [['form[data-officer-key]', keyPage], ['form[data-act]', actPage]])
  for (const form of all(selector)) able ? page(form).catch(() => state(form, 'failed')) : state(form, 'unsupported');
