import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { hex, unhex } from '../../assets/js/encoding.js';
import { mapLeaf, mapNode, readMapProof, verifyMapProof } from '../../assets/js/map.js';

const file = JSON.parse(readFileSync(new URL('../vectors/map.json', import.meta.url), 'utf8'));
const verify = (proof, root, label) => verifyMapProof(proof, unhex(root), unhex(label));

// The definition, bit by bit.
async function root(pairs, depth = 0) {
  if (!pairs.length) return new Uint8Array(32);
  if (pairs.length === 1) return mapLeaf(pairs[0].label, pairs[0].index);
  const side = bit => root(pairs.filter(({ label }) => (label[depth >> 3] >> (7 - depth % 8) & 1) === bit), depth + 1);
  return mapNode(await side(0), await side(1));
}

test('roots follow the definition', async () => {
  for (const map of file.maps) {
    const pairs = map.pairs.map(({ label, index }) => ({ label: unhex(label), index: BigInt(index) }));
    assert.equal(hex(await root(pairs)), map.root, map.name);
  }
});

test('present and absent are proved', async () => {
  for (const map of file.maps) for (const { label, index, proof } of map.proofs)
    assert.equal(await verify(proof, map.root, label), index === null ? null : BigInt(index), map.name);
});

test('what is untrue or written another way is refused', async () => {
  for (const { name, root, label, proof } of file.untrue) {
    readMapProof(proof);
    await assert.rejects(verify(proof, root, label), undefined, name);
  }
  for (const { name, proof } of file.refused) assert.throws(() => readMapProof(proof), undefined, name);
  assert.throws(() => readMapProof('x'.repeat(12289)));
});

test('no byte of a proof may change', async () => {
  const { root, proofs } = file.maps.at(-1);
  for (const { label, proof } of proofs) for (let i = 0; i < proof.length; i++) {
    const changed = proof.slice(0, i) + String.fromCharCode(proof.charCodeAt(i) ^ 1 << i % 7) + proof.slice(i + 1);
    await assert.rejects(verify(changed, root, label), undefined, `byte ${i} of ${proof}`);
  }
});
