import test from 'node:test';
import assert from 'node:assert/strict';
import { b64, hex, utf8 } from '../../assets/js/encoding.js';
import { concat } from '../../assets/js/hash.js';
import { unhex } from '../../assets/js/encoding.js';
import { opens, readFragment, readOpening } from '../../assets/js/opening.js';
import { readStatement } from '../../assets/js/statement.js';
import { ORIGIN, PERSON, receipt } from './support.mjs';

const made = await receipt(), statement = readStatement(utf8(made.statement));
const head = `ikrar/opening/v1\norigin ${ORIGIN}\nelection pilkada-2030\nlabel ${made.label}\n`;
const person = `person ${PERSON.nip} ${hex(made.labelSalt)}\n`;
const open = f => `field ${f} ${hex(made.salts[f])} ${PERSON[f]}\n`, shut = f => `digest ${f} ${made.digests[f]}\n`;
const full = head + person + open('nip') + open('name') + open('unit') + open('position');
const some = head + shut('nip') + open('name') + open('unit') + shut('position');
const url = bytes => b64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
const a = concat(unhex(made.digests.nip), unhex(made.digests.position), made.salts.name, made.salts.unit);

test('an opening opens its statement, whole or in part', async () => {
  for (const text of [full, some]) assert.ok(await opens(readOpening(text), statement));
  assert.equal(readOpening(some).fields.name.value, PERSON.name);
  assert.equal(readOpening(some).fields.nip.value, undefined);
});

test('an opening of somebody else does not', async () => {
  for (const text of [full.replace('Siti', 'Sita'), full.replace(`person ${PERSON.nip}`, 'person 198501012010011002'), full.replace('pilkada-2030', 'pilkada-2031'),
    full.replace(ORIGIN, 'else'), full.replace(`label ${made.label}`, `label ${'0'.repeat(64)}`), some.replace(made.digests.nip, made.digests.position),
    full.replace(`${hex(made.salts.name)}`, hex(made.salts.unit))]) assert.equal(await opens(readOpening(text), statement), false, text);
});

test('an opening is read strictly', () => {
  const swapped = head + open('name') + open('nip') + open('unit') + open('position');
  for (const bad of [full.slice(0, -1), full + 'x y\n', swapped, head + shut('nip'), full.replace('Siti', ' Siti'), full.replace('field nip', 'field  nip'),
    some.replace('digest nip', 'digest name'), full.replace('opening/v1', 'opening/v2'), some.replace(/digest nip .*/, 'digest nip 00'), ''])
    assert.throws(() => readOpening(bad), bad);
});

test('the fragment of a QR code', async () => {
  const fragment = `#o1.${url(a)}.${url(utf8(PERSON.name))}.${url(utf8(PERSON.unit))}`;
  assert.ok(await opens(readFragment(fragment), statement));
  assert.equal(await opens(readFragment(fragment.replace(url(utf8(PERSON.name)), url(utf8('Budi Santoso')))), statement), false);
  assert.equal(await opens(readFragment(`#o1.${url(a)}..`), statement), false);
  assert.equal(await opens(readFragment(`#o1.${url(a)}.${url(utf8('a\nb'))}.${url(utf8('c'))}`), statement), false);
  for (const bad of ['', '#', '#o2' + fragment.slice(3), fragment + '.', fragment + '=', fragment.slice(0, -20), `#o1.${url(a.slice(1))}.QQ.QQ`, `#o1.${url(a)}.gA.QQ`])
    assert.throws(() => readFragment(bad), bad);
});
