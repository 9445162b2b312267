// Ed25519 by WebCrypto, made strict: WebCrypto accepts keys of small order, under which one signature fits any text.
// Key and R must be canonical and not of small order, s reduced (RFC 8032, 5.1.7). Curve arithmetic is not done here.
import { hex, utf8 } from './encoding.js';

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n; // y of a point of order 8; -y is the other
const little = bytes => BigInt('0x' + hex(Uint8Array.from(bytes).reverse()));

const strong = point => { // small order: y is 1, -1, 0 (order 1, 2, 4), Y8 or -Y8
  const y = little(point) & (2n ** 255n - 1n);
  return y > 1n && y < P - 1n && y !== Y8 && y !== P - Y8;
};

export const generate = () => crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']); // not extractable
export const publicKey = async pair => new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
export const sign = async (pair, text) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, utf8(text)));
export async function supported() {
  try { return !!await generate(); } catch { return false; }
}

export async function verify(key, signature, bytes) {
  if (key.length !== 32 || signature.length !== 64 || !strong(key) || !strong(signature.slice(0, 32))
    || little(signature.slice(32)) >= L) return false;
  try {
    const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, signature, bytes);
  } catch { return false; } // not a point
}
