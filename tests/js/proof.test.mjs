import test from 'node:test';
import assert from 'node:assert/strict';
import { b64, utf8 } from '../../assets/js/encoding.js';
import { verify } from '../../assets/js/proof.js';
import { PERSON, receipt, signer } from './support.mjs';
import { readOpening } from '../../assets/js/opening.js';

const outcomes = ({ rows }) => Object.fromEntries(rows.map(r => [r.check, r.outcome]));
const made = await receipt();

test('a good proof is valid, row by row', async () => {
  const result = await verify(made.proof, [made.log.vkey]);
  assert.deepEqual(result.rows.filter(r => r.outcome !== 'valid'), []);
  assert.deepEqual(Object.keys(outcomes(result)), ['format', 'checkpoint', 'inclusion', 'statement', 'signature']);
  assert.equal(result.verdict, 'valid');
  assert.equal(result.facts.election, 'pilkada-2030');
  assert.equal(result.facts.index, '4');
  for (const size of [1, 2, 5, 8, 9]) for (let index = 0; index < size; index++) {
    const other = await receipt({ size, index }), expected = index < 3 ? 'invalid' : 'valid'; // the statement is after 3
    assert.equal((await verify(other.proof, [other.log.vkey])).verdict, expected, `${index} of ${size}`);
  }
});

test('without a vkey: cannot tell', async () => {
  const result = await verify(made.proof);
  assert.equal(result.verdict, 'unknown');
  assert.equal(outcomes(result).checkpoint, 'unknown');
  assert.equal((await verify(made.proof, ['rubbish'])).verdict, 'invalid');
  assert.equal((await verify(made.proof, [(await signer('ikrar.test/log')).vkey])).verdict, 'invalid');
});

test('every flipped bit of a proof is refused', async () => {
  const bytes = utf8(made.proof), refused = new Set();
  for (let i = 0; i < bytes.length; i++) {
    const changed = bytes.slice();
    changed[i] ^= 1 << i % 8;
    let text;
    try { text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(changed); } catch { continue; }
    const { verdict, rows } = await verify(text, [made.log.vkey]);
    assert.equal(verdict, 'invalid', `byte ${i}: ${JSON.stringify(text.slice(Math.max(0, i - 9), i + 9))}`);
    rows.filter(r => r.outcome === 'invalid').forEach(r => refused.add(r.check));
  }
  assert.deepEqual(['checkpoint', 'format', 'inclusion'].filter(c => !refused.has(c)), []);
});

test('every cut of a proof is refused', async () => {
  for (let i = 0; i < made.proof.length; i++) assert.equal((await verify(made.proof.slice(0, i), [made.log.vkey])).verdict, 'invalid', 'cut at ' + i);
});

test('a log that honestly holds a bad signature does not make it good', async () => {
  for (const [row, change] of [
    ['signature', { entry: { signature: b64(new Uint8Array(64).fill(7)) } }],
    ['statement', { statement: { election: 'another' } }], ['statement', { statement: { origin: 'another' } }],
    ['statement', { statement: { after: `5 ${btoa('x'.repeat(32))}` } }], ['statement', { statement: { after: `0 ${btoa('x'.repeat(32))}` } }],
    ['statement', { entry: { statement: btoa('rubbish') } }], ['checkpoint', { origin: 'another' }],
    // identity as key: R = identity, s = 0 is a signature under it for WebCrypto
    ['signature', { statement: { key: btoa('\x01' + '\0'.repeat(31)) }, entry: { signature: btoa('\x01' + '\0'.repeat(63)) } }],
  ]) {
    const { log, proof } = await receipt({ change }), result = await verify(proof, [log.vkey]);
    assert.equal(result.verdict, 'invalid', JSON.stringify(change));
    assert.equal(outcomes(result)[row], 'invalid', JSON.stringify(change));
  }
});

test('witnesses count only when their keys are given', async () => {
  const one = await signer('saksi.test/1', 4), two = await signer('saksi.test/2', 4);
  const proof = made.proof + await one.cosign(made.body, 1900000000);
  assert.equal(outcomes(await verify(proof, [made.log.vkey])).witnesses, undefined);
  const seen = await verify(proof, [made.log.vkey, one.vkey]);
  assert.equal(outcomes(seen).witnesses, 'valid');
  assert.equal(seen.facts.before, '1900000000');
  const both = await verify(proof + await two.cosign(made.body, 1900000060), [made.log.vkey, one.vkey, two.vkey]);
  assert.equal(both.facts.before, '1900000060', 'the last of them had seen it by then');
  const half = await verify(proof, [made.log.vkey, one.vkey, two.vkey]);
  assert.equal(outcomes(half).witnesses, 'unknown');
  assert.equal(half.facts.before, undefined, 'one of two is no bound');
  assert.equal((await verify(made.proof + await one.cosign('other\n', 1), [made.log.vkey, one.vkey])).verdict, 'invalid');
  assert.equal((await verify(proof, [one.vkey])).verdict, 'invalid', 'a witness is not the log');
});

test('names are facts only when they open the commit', async () => {
  const fields = {};
  for (const f of ['nip', 'position']) fields[f] = { digest: made.digests[f] };
  for (const f of ['name', 'unit']) fields[f] = { salt: Buffer.from(made.salts[f]).toString('hex'), value: PERSON[f] };
  const good = await verify(made.proof, [made.log.vkey], { fields });
  assert.equal(good.verdict, 'valid');
  assert.equal(good.facts.name, PERSON.name);
  assert.equal(good.facts.nip, undefined);
  fields.name.value = 'Budi Santoso';
  const bad = await verify(made.proof, [made.log.vkey], { fields });
  assert.equal(bad.verdict, 'invalid');
  assert.equal(outcomes(bad).opening, 'invalid');
  assert.equal(bad.facts.name, undefined);
  assert.throws(() => readOpening('rubbish'));
});

test('a browser without Ed25519 cannot tell', async t => {
  t.mock.method(crypto.subtle, 'generateKey', () => { throw new Error('no such algorithm'); });
  const result = await verify(made.proof, [made.log.vkey]);
  assert.equal(result.verdict, 'unknown');
  assert.equal(outcomes(result).signature, 'unknown');
  assert.equal(outcomes(result).inclusion, 'valid');
});
