import test from 'node:test';
import assert from 'node:assert/strict';
import { hex } from '../../assets/js/encoding.js';
import { leaf, node, sha256 } from '../../assets/js/hash.js';
import { consistent, included } from '../../assets/js/tree.js';
import { consistency, inclusion, root } from './support.mjs';

const leaves = await Promise.all(Array.from({ length: 33 }, (_, i) => leaf('entry ' + i)));
const roots = await Promise.all(Array.from({ length: 34 }, (_, n) => root(leaves.slice(0, n))));
const big = BigInt, flipped = hash => { const h = hash.slice(); h[7] ^= 1; return h; };

test('known answers of RFC 6962', async () => {
  assert.equal(hex(await sha256('')), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(hex(await leaf('')), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  assert.equal(hex(await node(await leaf(''), await leaf(Uint8Array.of(0)))), 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
});

test('inclusion: every leaf of every size; no changed proof', async () => {
  for (let size = 1; size <= 33; size++) for (let i = 0; i < size; i++) {
    const proof = await inclusion(i, leaves.slice(0, size)), at = [big(i), big(size)];
    assert.ok(await included(leaves[i], ...at, proof, roots[size]), `${i} of ${size}`);
    assert.ok(!await included(leaves[i], ...at, proof, flipped(roots[size])));
    assert.ok(!await included(flipped(leaves[i]), ...at, proof, roots[size]));
    assert.ok(!await included(leaves[i], ...at, [...proof, roots[1]], roots[size]));
    assert.ok(!await included(leaves[i], at[1], at[1], proof, roots[size]));
    if (proof.length) {
      assert.ok(!await included(leaves[i], ...at, proof.slice(1), roots[size]));
      assert.ok(!await included(leaves[i], ...at, [flipped(proof[0]), ...proof.slice(1)], roots[size]));
      assert.ok(!await included(leaves[i], at[0] ^ 1n, at[1], proof, roots[size]));
    }
  }
});

test('consistency: every pair of sizes; no changed proof', async () => {
  for (let size = 1; size <= 33; size++) for (let old = 1; old <= size; old++) {
    const proof = await consistency(old, leaves.slice(0, size)), check = (o, p, r = roots[size]) => consistent(big(old), o, big(size), r, p);
    assert.ok(await check(roots[old], proof), `${old} in ${size}`);
    assert.ok(!await check(flipped(roots[old]), proof));
    assert.ok(!await check(roots[old], proof, flipped(roots[size])));
    assert.ok(!await check(roots[old], [...proof, roots[1]]));
    if (proof.length) {
      assert.ok(!await check(roots[old], proof.slice(1)));
      assert.ok(!await check(roots[old], [...proof.slice(0, -1), flipped(proof.at(-1))]));
    }
  }
  assert.ok(!await consistent(0n, roots[0], 3n, roots[3], []));
  assert.ok(!await consistent(4n, roots[4], 3n, roots[3], []));
});
