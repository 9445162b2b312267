// Inclusion and consistency in a Merkle tree (RFC 9162, 2.1.3.2 and 2.1.4.2). Indexes and sizes are BigInt.
import { same } from './encoding.js';
import { node } from './hash.js';

export async function included(leaf, index, size, proof, root) {
  if (index < 0n || index >= size) return false;
  let at = index, last = size - 1n, hash = leaf;
  for (const other of proof) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      hash = await node(other, hash);
      while (!(at & 1n) && at) { at >>= 1n; last >>= 1n; }
    } else hash = await node(hash, other);
    at >>= 1n; last >>= 1n;
  }
  return last === 0n && same(hash, root);
}

// The tree of `size` and `root` extends the tree of `old` and `oldRoot`.
export async function consistent(old, oldRoot, size, root, proof) {
  if (old < 1n || old > size) return false;
  if (old === size) return !proof.length && same(oldRoot, root);
  const path = old & (old - 1n) ? [...proof] : [oldRoot, ...proof];
  let at = old - 1n, last = size - 1n;
  while (at & 1n) { at >>= 1n; last >>= 1n; }
  let before = path.shift(), now = before;
  if (!before) return false;
  for (const other of path) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      before = await node(other, before);
      now = await node(other, now);
      while (!(at & 1n) && at) { at >>= 1n; last >>= 1n; }
    } else now = await node(now, other);
    at >>= 1n; last >>= 1n;
  }
  return last === 0n && same(before, oldRoot) && same(now, root);
}
