// The page that checks a proof here, in the reader's browser: chosen, dropped, pasted, or that of /v/CODE. Contract: README.md.
import { unutf8 } from './encoding.js';
import { verify } from './proof.js';
import { readFragment, readOpening } from './opening.js';
import { all, fill, one, state, time } from './page.js';

const root = one('[data-verify]');
const { proofUrl, vkeyUrl = '/log.vkey' } = root.dataset;
const paste = one('[data-verify-paste]', root), vkeyField = one('[data-verify-vkey]', root);
const bytes = async url => {
  const answer = await fetch(url, { credentials: 'omit' });
  if (!answer.ok) throw new Error('fetch');
  return unutf8(new Uint8Array(await answer.arrayBuffer()));
};
const lines = text => text.split('\n').map(s => s.trim()).filter(Boolean);
let kept = { proof: null, opening: null }, turns = 0;
function take(texts) {
  if (texts.some(text => !text || text.includes('\r'))) throw new Error('file'); // empty, or saved anew by another program
  const isOpening = text => text.startsWith('ikrar/opening/');
  const proof = texts.find(text => !isOpening(text)), opening = texts.find(isOpening);
  if (proof) kept = { proof, opening: kept.proof ? null : kept.opening }; // another proof is not of the same person
  if (opening) kept.opening = opening;
}
const NONE = { fields: { unreadable: { digest: '' } } }; // an opening that opens nothing

async function vkeys() {
  const pasted = lines(vkeyField?.value ?? '');
  if (pasted.length) return [pasted, 'pasted'];
  return bytes(vkeyUrl).then(text => [lines(text), 'portal'], () => [[], 'none']);
}
function opening() {
  try {
    if (kept.opening) return readOpening(kept.opening);
    return proofUrl && location.hash.startsWith('#o') ? readFragment(location.hash) : null;
  } catch { return NONE; }
}

async function run() {
  if (!kept.proof) return state(root, kept.opening ? 'alone' : 'ready');
  const turn = ++turns;
  const [keys, source] = await vkeys();
  let { verdict, rows, facts } = await verify(kept.proof, keys, opening());
  if (turn !== turns) return; // something newer was given meanwhile
  // Another name behind the link is no fault of the signature.
  if (verdict === 'invalid' && rows.every(({ check, outcome }) => (check === 'opening') !== (outcome === 'valid'))) verdict = 'misnamed';
  for (const { check, outcome, detail } of rows) {
    const el = one(`[data-check="${check}"]`, root);
    if (!el || (verdict === 'invalid' && outcome !== 'invalid')) continue; // nothing is shown as true beside a failure
    fill(el, outcome);
    fill(one('[data-detail]', el), detail);
  }
  fill(one('[data-vkey-source]', root), source);
  if (verdict === 'valid') for (const el of all('[data-claims], [data-claim]', root)) {
    const { claim } = el.dataset, value = facts[claim];
    el.hidden = !!claim && value === undefined;
    const moment = el.tagName === 'TIME';
    if (claim && !el.hidden) fill(el, moment ? time(value) : value);
    if (moment && !el.hidden) el.dateTime = new Date(Number(value) * 1000).toISOString();
  }
  fill(one('[data-verdict]', root), verdict);
  state(root, 'done');
}

// Whatever was shown before goes first, so that no old result stands beside a new failure.
const attempt = task => {
  all('[data-check], [data-claim], [data-claims], [data-verdict], [data-vkey-source]', root).forEach(el => { el.hidden = true; });
  state(root, 'working');
  return task().then(run).catch(() => state(root, 'failed'));
};
const files = list => attempt(async () => take(await Promise.all([...list].map(async f => unutf8(new Uint8Array(await f.arrayBuffer()))))));
one('[data-verify-file]', root)?.addEventListener('change', e => files(e.target.files));
root.addEventListener('dragover', e => e.preventDefault());
root.addEventListener('drop', e => { e.preventDefault(); files(e.dataTransfer.files); });
// A form field ends without the last line feed more often than not.
paste?.addEventListener('input', () => paste.value.trim() && attempt(async () => take([paste.value.trim() + '\n'])));
vkeyField?.addEventListener('change', () => attempt(async () => {}));
addEventListener('hashchange', () => attempt(async () => {}));
state(root, 'ready');
if (proofUrl) attempt(async () => take([await bytes(proofUrl)]));
