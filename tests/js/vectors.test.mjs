// The shared known answers, tests/vectors/*.json, whatever their layout: every object in them is judged by the words it uses.
// - a string that begins like one of our texts (plain, base64 or hex) is read, or refused where its path or a sibling says so
//   (a name with refused, rejected, bad, invalid or malformed; `"valid": false`, `"ok": false`, an `error`);
// - { salt, field, value, digest }, { salt, origin, election, person, label }, { label, nip, name, unit, position, commit } are computed;
// - { key, signature, message | statement } is verified, and { vkey } parsed.
import test from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { b64, hex, unb64, unhex, unutf8, utf8 } from '../../assets/js/encoding.js';
import { leaf } from '../../assets/js/hash.js';
import { parseVkey } from '../../assets/js/note.js';
import { verify as verifies } from '../../assets/js/ed25519.js';
import { readAct, readEntry } from '../../assets/js/entry.js';
import { readOpening } from '../../assets/js/opening.js';
import { readProof } from '../../assets/js/proof.js';
import { commit, digest, label, readPact, readStatement } from '../../assets/js/statement.js';
import { readMapProof } from '../../assets/js/map.js';
import { receipt } from './support.mjs';

const READERS = {
  'ikrar/pact/v1\n': readPact, 'ikrar/entry/v1\n': readEntry, 'ikrar/act/v1\n': readAct, 'ikrar/opening/v1\n': readOpening,
  'ikrar/statement/v1\n': text => readStatement(utf8(text)), 'c2sp.org/tlog-proof@v1\n': readProof,
  'ikrar/map-proof/v1\n': readMapProof,
};
const decoded = s => {
  for (const decode of [unhex, unb64]) try { return unutf8(decode(s)); } catch { /* not this */ }
  return s;
};
const bytes = s => { try { return unhex(s); } catch { return unb64(s); } };
const asHex = s => hex(bytes(s));
const strings = (o, ...names) => names.every(n => typeof o[n] === 'string');

async function judge(o, path) {
  const bad = /refus|reject|bad|invalid|malformed/i.test(path) || o.valid === false || o.ok === false || o.refused || o.error;
  let count = 0;
  const tell = async (what, run) => {
    count++;
    if (bad) await assert.rejects(async () => assert.ok(await run() !== false), `${path} ${what} should be refused`);
    else assert.notEqual(await run(), false, `${path} ${what}`);
  };
  for (const [name, value] of Object.entries(o)) {
    if (value && typeof value === 'object') count += await judge(value, `${path}/${name}`);
    if (typeof value !== 'string') continue;
    const text = Object.keys(READERS).some(head => value.startsWith(head)) ? value : decoded(value);
    const reader = Object.entries(READERS).find(([head]) => text.startsWith(head))?.[1];
    if (reader) await tell(name, () => reader(text));
    if (reader === readEntry && strings(o, 'leaf')) await tell('leaf', async () => hex(await leaf(text)) === asHex(o.leaf));
  }
  const { salt, person = o.nip, message = o.statement } = o;
  if (strings(o, 'salt', 'field', 'value', 'digest')) await tell('digest', async () => await digest(bytes(salt), o.field, o.value) === asHex(o.digest));
  if (strings(o, 'salt', 'origin', 'election', 'label') && person) await tell('label', async () => await label(bytes(salt), o.origin, o.election, person) === asHex(o.label));
  if (strings(o, 'label', 'nip', 'name', 'unit', 'position', 'commit') && /^[0-9a-f]{64}$/.test(o.nip)) await tell('commit', async () => await commit(o.label, o) === asHex(o.commit));
  if (strings(o, 'key', 'signature') && typeof message === 'string') await tell('signature', async () => {
    const signed = Object.keys(READERS).some(head => message.startsWith(head)) ? utf8(message) : bytes(message);
    return verifies(bytes(o.key), bytes(o.signature), signed);
  });
  if (strings(o, 'vkey')) await tell('vkey', () => parseVkey(o.vkey.trimEnd()));
  return count;
}

test('this reader of vectors judges', async () => {
  const { entry, statement, proof, log } = await receipt(), good = { vkey: log.vkey, entry, leaf: hex(await leaf(entry)), cases: [{ statement: b64(utf8(statement)), proof }] };
  assert.equal(await judge(good, 'good'), 5);
  assert.equal(await judge({ refused: [{ entry: entry.replace('\nat ', '\nat 0') }] }, ''), 1);
  await assert.rejects(judge({ refused: [{ entry }] }, ''));
  await assert.rejects(judge({ entry, leaf: '0'.repeat(64) }, ''));
});

const folder = new URL('../vectors/', import.meta.url);
for (const file of existsSync(folder) ? readdirSync(folder).filter(f => f.endsWith('.json')) : []) test(file, async t => {
  t.diagnostic(`${await judge(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file)} answers`);
});
