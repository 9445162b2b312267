import test from 'node:test';
import assert from 'node:assert/strict';
import { b64, hex, num, unb64, unb64url, unhex, unutf8 } from '../../assets/js/encoding.js';

test('base64 is read only in its one form', () => {
  assert.equal(hex(unb64('AQI=')), '0102');
  for (const bad of ['AQI', 'AQJ=', 'AQI==', 'AQ I=', 'AQI=\n', 'A', '=', 'AQ-_', 'AQI=AQI=']) assert.throws(() => unb64(bad), bad);
  const long = new Uint8Array(65535).map((_, i) => i);
  assert.deepEqual(unb64(b64(long)), long);
  assert.equal(hex(unb64url('-_8')), 'fbff');
  for (const bad of ['-_8=', '+/8', 'A', 'AQJ']) assert.throws(() => unb64url(bad), bad);
});

test('hex is lower case and whole', () => {
  assert.deepEqual(unhex('00ff'), Uint8Array.of(0, 255));
  for (const bad of ['0', 'FF', 'zz', '00\n']) assert.throws(() => unhex(bad), bad);
});

test('numbers are decimal without sign, leading zero or excess', () => {
  assert.equal(num('9223372036854775807'), 2n ** 63n - 1n);
  for (const bad of ['', '01', '+1', '-1', '1.0', '1e3', ' 1', '9223372036854775808', undefined]) assert.throws(() => num(bad), String(bad));
});

test('text is valid UTF-8, a byte order mark is kept', () => {
  assert.throws(() => unutf8(Uint8Array.of(0xc3)));
  assert.equal(unutf8(Uint8Array.of(0xef, 0xbb, 0xbf, 65)), '\ufeffA');
});
