import test from 'node:test';
import assert from 'node:assert/strict';
import { unhex, utf8 } from '../../assets/js/encoding.js';
import { concat } from '../../assets/js/hash.js';
import { generate, publicKey, sign, supported, verify } from '../../assets/js/ed25519.js';

// RFC 8032, 7.1, test 2
const KEY = unhex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
const SIGNATURE = unhex('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00');
const L = unhex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

test('a known signature, and any changed bit of it', async () => {
  assert.ok(await verify(KEY, SIGNATURE, Uint8Array.of(0x72)));
  assert.ok(!await verify(KEY, SIGNATURE, Uint8Array.of(0x73)));
  for (let bit = 0; bit < 512; bit++) {
    const changed = SIGNATURE.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    assert.ok(!await verify(KEY, changed, Uint8Array.of(0x72)), 'bit ' + bit);
  }
  assert.ok(!await verify(KEY, concat(SIGNATURE, '\0'), Uint8Array.of(0x72)));
  assert.ok(!await verify(KEY.slice(1), SIGNATURE, Uint8Array.of(0x72)));
});

test('s + L is refused', async () => {
  const changed = SIGNATURE.slice();
  for (let i = 0, carry = 0; i < 32; i++) {
    const sum = changed[32 + i] + L[i] + carry;
    changed[32 + i] = sum & 255;
    carry = sum >> 8;
  }
  assert.ok(!await verify(KEY, changed, Uint8Array.of(0x72)));
});

test('the identity as key and R with s = 0 fits any text for WebCrypto, and is refused here', async () => {
  const identity = unhex('01' + '00'.repeat(31)), signature = concat(identity, new Uint8Array(32)), text = utf8('anything');
  const imported = await crypto.subtle.importKey('raw', identity, 'Ed25519', false, ['verify']);
  assert.ok(await crypto.subtle.verify('Ed25519', imported, signature, text), 'the reason for the check is gone');
  assert.ok(!await verify(identity, signature, text));
});

test('every key and R of small order, canonical or not, is refused', async () => {
  const small = ['00'.repeat(32), '00'.repeat(31) + '80', '01' + '00'.repeat(31), '01' + '00'.repeat(30) + '80',
    'ec' + 'ff'.repeat(30) + '7f', 'ec' + 'ff'.repeat(31), 'ed' + 'ff'.repeat(30) + '7f', 'ed' + 'ff'.repeat(31),
    'ee' + 'ff'.repeat(30) + '7f', 'ee' + 'ff'.repeat(31), 'ff'.repeat(32), 'ff'.repeat(31) + '7f',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'];
  const identity = unhex('01' + '00'.repeat(31)), zero = new Uint8Array(32);
  for (const point of small.map(unhex)) {
    // Text by text, such a key would accept one in eight of these.
    for (let i = 0; i < 24; i++) assert.ok(!await verify(point, concat(identity, zero), utf8('text ' + i)));
    assert.ok(!await verify(KEY, concat(point, SIGNATURE.slice(32)), Uint8Array.of(0x72)));
  }
});

test('keys are made, sign, and do not leave', async () => {
  assert.equal(await supported(), true);
  const pair = await generate(), text = 'ikrar/statement/v1\n';
  assert.ok(await verify(await publicKey(pair), await sign(pair, text), utf8(text)));
  assert.equal(pair.privateKey.extractable, false);
  await assert.rejects(crypto.subtle.exportKey('pkcs8', pair.privateKey));
});
