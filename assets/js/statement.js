// The pact's text, the statement a person signs, and the hashes that stand for a person (docs/format.md, 4 to 6).
import { fail, hex, unutf8, utf8 } from './encoding.js';
import { sha256 } from './hash.js';
import { check, print, read } from './text.js';

const PACT = 'election:id version:num language:language title:prose200 preamble:prose4096 clause+64:num+prose4096 closing?:prose4096';
const STATEMENT = 'origin:origin election:id pact:hex label:hex commit:hex key:key method:method after:num+key';
export const FIELDS = ['nip', 'name', 'unit', 'position'];

export function readPact(text) {
  const pact = read(text, 'ikrar/pact/v1', PACT);
  return utf8(text).length <= 32768 && pact.version > 0 && pact.clause.every((c, i) => c.startsWith(i + 1 + ' ')) ? pact : fail('pact');
}
// `clause` holds the clauses without their numbers.
export function pactText(pact) {
  const text = print('ikrar/pact/v1', { ...pact, clause: pact.clause.map((c, i) => `${i + 1} ${c}`) }, PACT);
  return readPact(text) && text;
}

export const statementText = values => print('ikrar/statement/v1', values, STATEMENT);
export const readStatement = bytes => read(unutf8(bytes), 'ikrar/statement/v1', STATEMENT);

export const label = async (salt, origin, election, nip) =>
  hex(await sha256('ikrar/label/v1\n', salt, `origin ${origin}\nelection ${election}\nperson ${nip}\n`));
export const digest = async (salt, field, value) =>
  hex(await sha256('ikrar/field/v1\n', salt, `${field} ${check('prose400', value)}\n`));
// `digests` by field, hex.
export const commit = async (label, digests) =>
  hex(await sha256(`ikrar/commit/v1\nlabel ${label}\n`, FIELDS.map(f => `${f} ${check('hex', digests[f])}\n`).join('')));
