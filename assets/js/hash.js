// SHA-256 and the two hashes of a Merkle tree (RFC 6962, 2.1). Strings are hashed as UTF-8.
import { utf8 } from './encoding.js';

export const concat = (...parts) => {
  const bytes = parts.map(part => typeof part === 'string' ? utf8(part) : part);
  const out = new Uint8Array(bytes.reduce((n, b) => n + b.length, 0));
  bytes.reduce((at, b) => (out.set(b, at), at + b.length), 0);
  return out;
};
export const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
export const leaf = entry => sha256('\0', entry);
export const node = (left, right) => sha256('\x01', left, right);
