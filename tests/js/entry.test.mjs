import test from 'node:test';
import assert from 'node:assert/strict';
import { actText, readAct, readEntry } from '../../assets/js/entry.js';

const H = n => String(n).repeat(64), N = '0'.repeat(32), key = c => btoa(c.repeat(32)), sig = btoa('s'.repeat(64)), B = btoa('text');
const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const OWN = {
  genesis: [`origin a.b/c\nvkey ${vkey}\nofficer ${key('a')} hr\nofficer ${key('b')} auditor,operator\nnonce ${N}\n`, 0],
  officer: [`key ${key('a')}\nroles none\nnonce ${N}\n`, 1],
  election: [`election a\ntitle Pilkada 2030\nopens 60\ncloses 120\nzone Asia/Jakarta\ncontest a 61\ncontest b 0\nlookup counts\nnonce ${N}\n`, 1],
  pact: [`election a\ntext ${B}\nnonce ${N}\n`, 1],
  roster: [`election a\nadd ${H(1)}\nadd ${H(2)}\noff ${H(3)} not-serving\nnonce ${N}\n`, 1],
  signature: [`election a\nstatement ${B}\nsignature ${sig}\nevidence ${H(1)}\n`, 0],
  attested: [`election a\npact ${H(1)}\nlabel ${H(2)}\ncommit ${H(3)}\nscan ${H(4)}\nnonce ${N}\n`, 2],
  dispute: [`signature 4\nchannel link\nnonce ${N}\n`, 0],
  resolution: [`dispute 5\noutcome upheld\nnonce ${N}\n`, 2],
  erasure: [`election a\nlabel ${H(1)}\nground uu-pdp-43\nnonce ${N}\n`, 2],
  anchor: [`checkpoint ${B}\n`, 0],
  map: [`election a\nsize 4\nroot ${H(1)}\n`, 0],
  seal: [`date 2030-02-28\nseal ${H(1)}\n`, 0],
  policy: [`policy ${B}\nnonce ${N}\n`, 2],
  logkey: [`vkey ${vkey}\nnonce ${N}\n`, 2],
  close: [`election a\nmembers 3\nvalid 2\nattested 0\ndisputed 0\nvoided 0\nnonce ${N}\n`, 1],
};
const by = n => ['', `by ${key('a')} ${sig}\n`, `by ${key('a')} ${sig}\nby ${key('b')} ${sig}\n`][n];
const entry = (kind, own = OWN[kind][0], authors = OWN[kind][1]) => `ikrar/entry/v1\nkind ${kind}\nprev ${H(0)}\nat 60\n${own}${by(authors)}`;

test('every kind is read; its act is what the authors sign', () => {
  for (const [kind, [own, authors]] of Object.entries(OWN)) {
    const read = readEntry(entry(kind));
    assert.equal(read.kind, kind);
    if (!authors) { assert.throws(() => actText('a.b/c', read)); continue; }
    const act = `ikrar/act/v1\norigin a.b/c\nkind ${kind}\n${own}`;
    assert.equal(actText('a.b/c', read), act);
    assert.equal(readAct(act).kind, kind);
    assert.throws(() => readAct(act + by(1)));
  }
});

test('a line more, less or elsewhere, another number of authors: refused', () => {
  for (const [kind, [own, authors]] of Object.entries(OWN)) {
    const lines = own.split('\n').slice(0, -1);
    const repeats = /^(officer|contest|add|off) /;
    for (const [i, line] of lines.entries()) {
      if (!repeats.test(line)) assert.throws(() => readEntry(entry(kind, own.replace(line + '\n', ''))), kind + ' without ' + line);
      assert.throws(() => readEntry(entry(kind, own.replace(line, `${line}\n${line}`))), kind + ' twice ' + line);
      assert.throws(() => readEntry(entry(kind, own.replace(line, line + ' '))), kind + ' space after ' + line);
      if (i) assert.throws(() => readEntry(entry(kind, [line, ...lines.filter(l => l !== line)].join('\n') + '\n')), kind + ' first ' + line);
    }
    for (const n of [0, 1, 2]) if (n !== authors) assert.throws(() => readEntry(entry(kind, own, n)), `${kind} by ${n}`);
  }
  const twice = `by ${key('a')} ${sig}\n`, down = `by ${key('b')} ${sig}\nby ${key('a')} ${sig}\n`;
  for (const bad of [twice + twice, down]) assert.throws(() => readEntry(entry('policy', OWN.policy[0], 0) + bad));
});

test('rules inside one entry', () => {
  const roster = (add, off) => `election a\n${add}${off}nonce ${N}\n`;
  const labels = n => Array.from({ length: n }, (_, i) => `add ${String(i).padStart(64, '0')}\n`).join('');
  for (const [kind, own] of [
    ['election', OWN.election[0].replace('closes 120', 'closes 60')], ['election', OWN.election[0].replace('opens 60', 'opens 61')],
    ['election', OWN.election[0].replace('contest b', 'contest a')], ['roster', roster('', '')], ['roster', roster(labels(901), '')],
    ['roster', roster(labels(900), `off ${H(1)} left\n`)], ['roster', roster(`add ${H(2)}\nadd ${H(1)}\n`, '')],
    ['genesis', OWN.genesis[0].replace(/officer .*\n/g, '')], ['genesis', OWN.genesis[0].replace(`officer ${key('b')}`, `officer ${key('A')}`)],
    ['seal', OWN.seal[0].replace('02-28', '02-30')], ['pact', OWN.pact[0].replace(B, btoa('x'.repeat(32769)))],
  ]) assert.throws(() => readEntry(entry(kind, own)), own.slice(0, 80));
  assert.equal(readEntry(entry('roster', roster(labels(900), ''))).add.length, 900);
  for (const [from, to] of [['at 60', 'at 61'], [`prev ${H(0)}`, 'prev 0'], ['kind map', 'kind  map'], ['entry/v1', 'entry/v2']])
    assert.throws(() => readEntry(entry('map').replace(from, to)), to);
});

test('a kind of a later version is read as far as the chain needs it', () => {
  assert.equal(readEntry(entry('later', 'some thing new\nb c\n', 1)).kind, 'later');
  for (const bad of ['some thing \n', 'some\n', '\n', 'some  thing\n', 'no end']) assert.throws(() => readEntry(entry('later', bad, 0)), bad);
  assert.equal(readEntry(entry('constructor', 'a b\n', 0)).kind, 'constructor');
  assert.throws(() => readAct(`ikrar/act/v1\norigin a\nkind constructor\nnonce ${N}\n`));
});
