// Bytes and their printed forms, strictly: what is read must print again to the same text (docs/format.md, 1).
export const fail = what => { throw new Error(what); };
export const utf8 = text => new TextEncoder().encode(text);
export const unutf8 = bytes => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
export const hex = bytes => Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
export const unhex = text => /^([0-9a-f]{2})*$/.test(text)
  ? Uint8Array.from(text.match(/../g) ?? [], b => parseInt(b, 16)) : fail('hex');

const binary = bytes => bytes.reduce((all, b) => all + String.fromCharCode(b), '');
export const b64 = bytes => btoa(binary(bytes));
export const unb64 = text => {
  const bytes = /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Uint8Array.from(atob(text), c => c.charCodeAt(0)) : fail('base64');
  return b64(bytes) === text ? bytes : fail('base64'); // padding is there, trailing bits are zero
};

// base64url without padding, as in the fragment of a receipt's QR code.
export const unb64url = text => /[+/=]/.test(text) ? fail('base64url')
  : unb64(text.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat(-text.length & 3));

// Numbers stay BigInt: an index may be larger than 2^53.
export const num = text => /^(0|[1-9]\d{0,18})$/.test(text) && BigInt(text) < 2n ** 63n ? BigInt(text) : fail('number');
export const same = (a, b) => hex(a) === hex(b);
