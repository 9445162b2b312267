// Ledger entries and the acts officers sign: the grammar of every kind (docs/format.md, 3).
import { fail, utf8 } from './encoding.js';
import { ascending, print, read } from './text.js';

// kind: own lines, number of authors
const KINDS = {
  genesis: ['origin:origin vkey:vkey officer+16:key+roles nonce:nonce', 0],
  officer: ['key:key roles:end nonce:nonce', 1],
  election: ['election:id title:prose200 opens:minute closes:minute zone:zone contest*64:id+num lookup:lookup nonce:nonce', 1],
  pact: ['election:id text:b64 nonce:nonce', 1],
  roster: ['election:id add*900:hex off*900:hex+reason nonce:nonce', 1],
  signature: ['election:id statement:b64 signature:sig evidence:hex', 0],
  attested: ['election:id pact:hex label:hex commit:hex scan:hex nonce:nonce', 2],
  dispute: ['signature:num channel:channel nonce:nonce', 0],
  resolution: ['dispute:num outcome:outcome nonce:nonce', 2],
  erasure: ['election:id label:hex ground:id nonce:nonce', 2],
  anchor: ['checkpoint:b64', 0],
  map: ['election:id size:num root:hex', 0],
  seal: ['date:date seal:hex', 0],
  policy: ['policy:b64 nonce:nonce', 2],
  logkey: ['vkey:vkey nonce:nonce', 2],
  close: ['election:id members:num valid:num attested:num disputed:num voided:num nonce:nonce', 1],
};
const HEAD = 'kind:id prev:hex at:minute';

function ruled(entry) {
  const { opens, closes, add, off } = entry;
  const lists = ['officer', 'contest', 'add', 'off', 'by'].every(key => ascending(entry[key] ?? []));
  const total = add ? add.length + off.length : 1;
  return lists && total > 0 && total <= 900 && !(opens && BigInt(closes) <= BigInt(opens)) ? entry : fail('entry');
}

// Values by line key, as text; lists for lines that repeat. A kind of a later version gives `kind`, `prev` and `at` alone.
export function readEntry(text) {
  if (utf8(text).length > 65535) fail('entry');
  const kind = /^.*\nkind (\S+)\n/.exec(text)?.[1] ?? fail('kind');
  if (!Object.hasOwn(KINDS, kind)) {
    const [, known, lines] = /^((?:.*\n){4})((?:[^ \n]+ [^ \n](?:[^\n]*[^ \n])?\n)*)$/.exec(text) ?? fail('entry');
    return { ...read(known, 'ikrar/entry/v1', HEAD), later: lines };
  }
  const [own, authors] = KINDS[kind];
  const entry = read(text, 'ikrar/entry/v1', `${HEAD} ${own}${authors ? ` by+${authors}:key+sig` : ''}`);
  return (entry.by ?? []).length === authors ? ruled(entry) : fail('by');
}

const act = kind => `origin:origin kind:id ${KINDS[kind][1] ? KINDS[kind][0] : fail('kind')}`;
export const actText = (origin, entry) => print('ikrar/act/v1', { ...entry, origin }, act(entry.kind));
export function readAct(text) {
  const kind = /\nkind ([a-z]+)\n/.exec(text)?.[1];
  return Object.hasOwn(KINDS, kind) ? ruled(read(text, 'ikrar/act/v1', act(kind))) : fail('kind');
}
