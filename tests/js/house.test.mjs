import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dir = new URL('../../assets/js/', import.meta.url);
const files = Object.fromEntries(readdirSync(dir).filter(f => f.endsWith('.js')).map(f => [f, readFileSync(new URL(f, dir), 'utf8')]));
const imports = f => [...files[f].matchAll(/from '\.\/([a-z0-9]+\.js)'/g)].map(m => m[1]);
const closure = (f, seen = new Set()) => seen.has(f) ? seen : imports(f).reduce((all, next) => closure(next, all), seen.add(f));

test('nothing that turns text into markup or code', () => {
  for (const [f, source] of Object.entries(files))
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacent|createContextualFragment|document\.write|parseFromString|\beval\b|Function\(|setAttribute|\.src\b|\.srcdoc\b|javascript:/i, f);
});

test('every module opens with what it is; imports are plain neighbours; none is missing', () => {
  for (const [f, source] of Object.entries(files)) {
    assert.match(source, /^\/\/ \S/, f);
    assert.equal([...source.matchAll(/\bimport\b/g)].length, imports(f).length, f);
    for (const next of imports(f)) assert.ok(files[next], `${f}: ${next}`);
  }
});

test('pure modules know no page; no key outlives its use but the officer\'s', () => {
  const pages = ['page.js', 'form.js', 'sign.js', 'receipt.js', 'verify.js', 'officer.js', 'progress.js', 'print.js'];
  for (const [f, source] of Object.entries(files)) {
    if (!pages.includes(f)) assert.doesNotMatch(source, /\b(document|window|location|fetch|localStorage|sessionStorage|indexedDB)\b/, f);
    if (f !== 'officer.js') assert.doesNotMatch(source, /indexedDB/, f);
  }
});

// Bytes gzipped that a page loads, all of its modules together. Raise a limit only with a reason; the last: a name that does not fit
// is told apart from a signature that does not.
const LIMITS = { 'sign.js': 7000, 'receipt.js': 1000, 'verify.js': 12500, 'officer.js': 9000, 'progress.js': 1200, 'print.js': 1000 };

test('size as served', t => {
  const gzip = list => [...list].reduce((n, f) => n + gzipSync(files[f], { level: 9 }).length, 0);
  for (const [page, limit] of Object.entries(LIMITS)) {
    const size = gzip(closure(page));
    t.diagnostic(`${page} and what it loads: ${size} bytes`);
    assert.ok(size <= limit, `${page}: ${size}`);
  }
  t.diagnostic(`all: ${gzip(Object.keys(files))} bytes`);
});
