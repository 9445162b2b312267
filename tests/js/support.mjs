// A small log made here, so that the readers can be tested before and beside the shared vectors. Not a test file.
import { b64, hex, utf8 } from '../../assets/js/encoding.js';
import { concat, leaf, node, sha256 } from '../../assets/js/hash.js';
import { generate, publicKey, sign } from '../../assets/js/ed25519.js';
import { print } from '../../assets/js/text.js';
import { FIELDS, commit, digest, label, statementText } from '../../assets/js/statement.js';

export const ORIGIN = 'ikrar.test/log';
export const ZERO = '0'.repeat(64);

export async function root(leaves) {
  if (!leaves.length) return sha256('');
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return node(await root(leaves.slice(0, k)), await root(leaves.slice(k)));
}
const split = n => { let k = 1; while (k * 2 < n) k *= 2; return k; };

// RFC 9162, 2.1.3.1 and 2.1.4.1, written down recursively.
export async function inclusion(m, leaves) {
  if (leaves.length < 2) return [];
  const k = split(leaves.length), left = leaves.slice(0, k), right = leaves.slice(k);
  return m < k ? [...await inclusion(m, left), await root(right)] : [...await inclusion(m - k, right), await root(left)];
}
export async function consistency(m, leaves, whole = true) {
  if (m === leaves.length) return whole ? [] : [await root(leaves)];
  const k = split(leaves.length), left = leaves.slice(0, k), right = leaves.slice(k);
  return m <= k ? [...await consistency(m, left, whole), await root(right)]
    : [...await consistency(m - k, right, false), await root(left)];
}

export async function signer(name, type = 1) {
  const pair = await generate(), key = concat(Uint8Array.of(type), await publicKey(pair));
  const id = (await sha256(name, '\n', key)).slice(0, 4);
  const line = bytes => `— ${name} ${b64(concat(id, bytes))}\n`;
  return {
    pair, vkey: `${name}+${hex(id)}+${b64(key)}`,
    note: async body => line(await sign(pair, body)),
    cosign: async (body, time) => line(concat(new Uint8Array(new BigUint64Array([BigInt(time)]).buffer).reverse(),
      await sign(pair, `cosignature/v1\ntime ${time}\n${body}`))),
  };
}

export const PERSON = { nip: '198501012010011001', name: 'Siti Rahayu', unit: 'Dinas Pendidikan', position: '-' };

// A tree of `size` entries with one signature at `index`; `change` edits the statement's or the entry's values.
export async function receipt({ size = 7, index = 4, change = {}, log } = {}) {
  log ??= await signer(ORIGIN);
  const salt = n => new Uint8Array(32).fill(n), pair = await generate(), digests = {}, salts = {};
  const named = await label(salt(9), ORIGIN, 'pilkada-2030', PERSON.nip);
  for (const [i, f] of FIELDS.entries()) {
    salts[f] = salt(i + 1);
    digests[f] = await digest(salts[f], f, PERSON[f]);
  }
  const leaves = await Promise.all(Array.from({ length: size }, (_, i) => leaf('other ' + i)));
  const statement = statementText({
    origin: ORIGIN, election: 'pilkada-2030', pact: 'ab'.repeat(32), label: named, commit: await commit(named, digests),
    key: b64(await publicKey(pair)), method: 'email', after: `3 ${b64(await root(leaves.slice(0, 3)))}`, ...change.statement,
  });
  const entry = print('ikrar/entry/v1', {
    kind: 'signature', prev: hex(leaves[index - 1] ?? new Uint8Array(32)), at: '1900000020', election: 'pilkada-2030',
    statement: b64(utf8(statement)), signature: b64(await sign(pair, statement)), evidence: 'cd'.repeat(32), ...change.entry,
  }, 'kind:id prev:hex at:minute election:id statement:b64 signature:sig evidence:hex');
  leaves[index] = await leaf(entry);
  const body = `${change.origin ?? ORIGIN}\n${size}\n${b64(await root(leaves))}\n`;
  const hashes = (await inclusion(index, leaves)).map(h => b64(h) + '\n').join('');
  const proof = `c2sp.org/tlog-proof@v1\nextra ${b64(utf8('ikrar/receipt/v1\n' + entry))}\nindex ${index}\n${hashes}\n${body}\n${await log.note(body)}`;
  return { proof, body, entry, statement, log, label: named, salts, digests, labelSalt: salt(9) };
}
