// What a map of labels says about one label (docs/format.md, "Map of labels"), checked with the map's root alone.
import { fail, num, same, unb64, unhex } from './encoding.js';
import { sha256 } from './hash.js';

const EMPTY = new Uint8Array(32);
const label = text => /^[0-9a-f]{64}$/.test(text) ? unhex(text) : fail('label');
const bit = (bytes, at) => bytes[at >> 3] >> (7 - at % 8) & 1;

export const mapNode = (left, right) => sha256('ikrar/map-node/v1\n', left, right);
export function mapLeaf(bytes, index) {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, index);
  return sha256('ikrar/map-leaf/v1\n', bytes, number);
}

function sibling(line) {
  if (line === '-') return EMPTY;
  const hash = unb64(line);
  return hash.length === 32 && !same(hash, EMPTY) ? hash : fail('map hash');
}

// { label, index, other, siblings }: index of the label, or `other` = { label, index }, or neither; siblings from the end up.
export function readMapProof(text) {
  const lines = text.split('\n'), out = { index: null, other: null };
  if (text.length > 12288 || lines.shift() !== 'ikrar/map-proof/v1' || lines.pop() !== '') fail('map proof');
  const line = key => lines[0]?.startsWith(key + ' ') ? lines.shift().slice(key.length + 1) : fail(key + ' expected');
  out.label = label(line('label'));
  const [kind, ...words] = line('end').split(' ');
  if (kind === 'index') out.index = num(words.pop());
  else if (kind === 'other') out.other = { index: num(words.pop()), label: label(words.pop()) };
  else if (kind !== 'empty') fail('end');
  const depth = num(line('depth'));
  if (words.length || depth > 256n || BigInt(lines.length) !== depth) fail('depth');
  out.siblings = lines.map(sibling);
  // Nothing, or a label alone, has never nothing beside it; another label lies on the path of this one.
  if (lines[0] === '-') fail('map hash');
  if (out.other) {
    let shared = 0;
    while (shared < 256 && bit(out.label, shared) === bit(out.other.label, shared)) shared++;
    if (shared === 256 || shared < lines.length) fail('other label');
  }
  return out;
}

// The index (a BigInt) that the map with this root gives the label; null if the label is not in it. Throws if neither is proved.
export async function verifyMapProof(text, root, wanted) {
  const proof = readMapProof(text), { index, other, siblings } = proof;
  if (!same(proof.label, wanted)) fail('another label');
  let hash = index !== null ? await mapLeaf(wanted, index) : other ? await mapLeaf(other.label, other.index) : EMPTY;
  for (const [i, beside] of siblings.entries())
    hash = bit(wanted, siblings.length - 1 - i) ? await mapNode(beside, hash) : await mapNode(hash, beside);
  return same(hash, root) ? index : fail('map root');
}
