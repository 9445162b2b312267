// Verifier keys, signed notes, checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature).
import { fail, hex, num, unb64, utf8 } from './encoding.js';
import { concat, sha256 } from './hash.js';
import { verify } from './ed25519.js';

// `name+hex id+base64(type and key)`; type 1 is Ed25519, 4 a witness's cosignature/v1.
export async function parseVkey(text) {
  const [, name, id, rest] = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? fail('vkey');
  const key = unb64(rest);
  if (key.length !== 33 || ![1, 4].includes(key[0])) fail('vkey type');
  if (hex((await sha256(name, '\n', key)).slice(0, 4)) !== id) fail('vkey id');
  return { name, id, type: key[0], key: key.slice(1) };
}

// Opens a note: its text, the given keys that signed it, and when witnesses did. Unknown keys are skipped; a bad signature of a known one rejects all.
export async function openNote(note, vkeys) {
  const end = note.lastIndexOf('\n\n') + 1, body = note.slice(0, end), lines = note.slice(end + 1).split('\n');
  if (!end || lines.pop() !== '' || !lines.length || lines.length > 64 || /[\0-\x09\x0b-\x1f]/.test(note)) fail('note');
  const by = new Set(), seen = new Set(), times = new Map();
  for (const line of lines) {
    const [, name, rest] = /^— ([^\s+]+) (\S+)$/.exec(line) ?? fail('note signature');
    const bytes = unb64(rest), id = hex(bytes.slice(0, 4)), signature = bytes.slice(4);
    if (!signature.length) fail('note signature');
    const vkey = vkeys.find(v => v.name === name && v.id === id);
    if (!vkey) continue;
    if (vkey.type === 4 && seen.has(vkey)) fail('note: a second line of ' + name); // two times, and nobody knows which holds
    seen.add(vkey);
    const time = vkey.type === 4 && signature.length === 72 && BigInt('0x' + hex(signature.slice(0, 8)));
    const good = vkey.type === 1 ? await verify(vkey.key, signature, utf8(body))
      : await verify(vkey.key, signature.slice(8), concat(`cosignature/v1\ntime ${time}\n`, body));
    if (!good) fail('note signature of ' + name);
    if (time === 0n) continue; // a cosignature of time 0 says nothing
    by.add(vkey);
    if (vkey.type === 4) times.set(vkey, time);
  }
  return { body, by, times };
}

export function parseCheckpoint(body) {
  const [, origin, size, root] = /^([a-z0-9./_-]{1,128})\n(\d+)\n(\S{44})\n$/.exec(body) ?? fail('checkpoint');
  return { origin, size: num(size), root: unb64(root) };
}
