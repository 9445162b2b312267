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
const kept = { proof: null, opening: null };
const take = text => { kept[/^ikrar\/opening\//.test(text) ? 'opening' : 'proof'] = text; };
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
  if (!kept.proof) return;
  state(root, 'working');
  const [keys, source] = await vkeys();
  const { verdict, rows, facts } = await verify(kept.proof, keys, opening());
  all('[data-check], [data-claim], [data-claims]', root).forEach(el => { el.hidden = true; });
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
    if (claim === 'at') el.dateTime = new Date(Number(value) * 1000).toISOString();
    if (claim && !el.hidden) fill(el, claim === 'at' ? time(value) : value);
  }
  fill(one('[data-verdict]', root), verdict);
  state(root, 'done');
}

const attempt = task => Promise.resolve().then(task).then(run).catch(() => state(root, 'failed'));
const files = list => attempt(async () => { for (const f of list) take(unutf8(new Uint8Array(await f.arrayBuffer()))); });
one('[data-verify-file]', root)?.addEventListener('change', e => files(e.target.files));
root.addEventListener('dragover', e => e.preventDefault());
root.addEventListener('drop', e => { e.preventDefault(); files(e.dataTransfer.files); });
// A form field ends without the last line feed more often than not.
paste?.addEventListener('input', () => paste.value.trim() && attempt(() => take(paste.value.trim() + '\n')));
vkeyField?.addEventListener('change', () => attempt(() => {}));
addEventListener('hashchange', () => attempt(() => {}));
state(root, 'ready');
if (proofUrl) attempt(async () => take(await bytes(proofUrl)));
