import test from 'node:test';
import assert from 'node:assert/strict';
import { openNote, parseCheckpoint, parseVkey } from '../../assets/js/note.js';
import { signer } from './support.mjs';

test('the C2SP known verifier key', async () => {
  const text = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const vkey = await parseVkey(text);
  assert.equal(vkey.name, 'example.com/foo');
  assert.equal(vkey.type, 1);
  for (const bad of [text.replace('530d903a', '530d903b'), text.replace('foo+', 'fou+'), text.replace('+Aek', '+Bek'), text + '\n', text.slice(1)])
    await assert.rejects(parseVkey(bad), bad);
});

test('a note opens with the keys that signed it', async () => {
  const log = await signer('ikrar.test/log'), witness = await signer('saksi.test', 4), other = await signer('lain.test');
  const keys = await Promise.all([log, witness].map(s => parseVkey(s.vkey)));
  const body = 'ikrar.test/log\n3\n' + btoa('x'.repeat(32)) + '\n';
  const good = `${body}\n${await log.note(body)}${await other.note(body)}${await witness.cosign(body, 1900000000)}`;
  const opened = await openNote(good, keys);
  assert.equal(opened.body, body);
  assert.equal(opened.by.size, 2);
  assert.equal(parseCheckpoint(opened.body).size, 3n);
  assert.equal((await openNote(`${body}\n${await other.note(body)}`, keys)).by.size, 0);
  const elsewhere = body.replace('3', '4');
  for (const bad of [good.replace('\n3\n', '\n4\n'), `${body}\n${await log.note(elsewhere)}`, good + await log.note(elsewhere), body, body + '\n',
    good.slice(0, -1), good + '\n', good.replace('— ', '- '), good.replace('— ikrar', '—  ikrar'), good.replace('\n3', '\t\n3'),
    `${body}\n${await log.note(body)}${await witness.cosign(elsewhere, 1)}`])
    await assert.rejects(openNote(bad, keys), JSON.stringify(bad));
});

test('what a cosignature must be to count', async () => {
  const log = await signer('ikrar.test/log'), witness = await signer('saksi.test', 4), other = await signer('lain.test');
  const keys = await Promise.all([log, witness].map(s => parseVkey(s.vkey)));
  const body = 'ikrar.test/log\n3\n' + btoa('x'.repeat(32)) + '\n';
  const own = await log.note(body), line = await witness.cosign(body, 1900000000), strange = await other.note(body);
  assert.deepEqual([...(await openNote(`${body}\n${own}${await witness.cosign(body, 0)}`, keys)).by], [keys[0]]);
  assert.equal((await openNote(`${body}\n${own}${line}${own}`, keys)).by.size, 2);
  for (const again of [line, await witness.cosign(body, 1900000001)])
    await assert.rejects(openNote(`${body}\n${own}${line}${again}`, keys), /second line/);
  assert.equal((await openNote(`${body}\n${own}${strange.repeat(63)}`, keys)).by.size, 1);
  await assert.rejects(openNote(`${body}\n${own}${strange.repeat(64)}`, keys));
});

test('checkpoints have three lines', () => {
  const root = btoa('x'.repeat(32));
  for (const bad of [`a\n01\n${root}\n`, `a\n1\n${root}\nmore\n`, `a\n1\n${root}`, `A\n1\n${root}\n`, `a\n1\n${root.replace('=', '')}\n`, `\n1\n${root}\n`])
    assert.throws(() => parseCheckpoint(bad), bad);
});
