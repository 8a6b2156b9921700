import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attempt } from '../src/attempt';
import { initials, tint } from '../src/avatar';
import { length } from '../src/editor';
import { lightness } from '../src/ground';
import { websiteFrom, webUrl } from '../src/website';

test('the same text sent again has the same key, a changed one another', () => {
  const attempt = new Attempt();
  const first = attempt.keyFor('hello');
  assert.match(first, /^[\w.-]{8,128}$/);
  assert.equal(attempt.keyFor('hello'), first);
  assert.notEqual(attempt.keyFor('hello!'), first);
});

test('once a comment is posted, the same words are a new comment', () => {
  const attempt = new Attempt();
  const first = attempt.keyFor('+1');
  attempt.finish();
  assert.notEqual(attempt.keyFor('+1'), first);
});

test('initials are the first letters of the first and the last word', () => {
  assert.equal(initials('ada lovelace'), 'AL');
  assert.equal(initials('  José  Ángel Núñez '), 'JN');
  assert.equal(initials('Mira'), 'M');
  assert.equal(initials('陳大文'), '陳');
  assert.equal(initials('👩‍👩‍👧 Fam'), '👩‍👩‍👧F');
});

test('a name keeps its tint', () => {
  assert.equal(tint('Ada'), tint(' ada '));
  for (const name of ['', 'a', 'Ada', '陳大文']) assert.ok(tint(name) >= 0 && tint(name) < 8);
});

test('characters are counted as the server does', () => {
  assert.equal(length('añ👍'), 3);
});

test('dark and light backgrounds are told apart in the notations browsers compute', () => {
  assert.ok(lightness('rgb(255, 255, 255)')! > 0.99);
  assert.ok(lightness('rgb(20, 23, 28)')! < 0.2);
  assert.ok(lightness('rgba(20, 23, 28, 0.9)')! < 0.2);
  assert.equal(lightness('oklch(0.2 0.03 260)'), 0.2);
  assert.equal(lightness('lab(96 0 0)'), 0.96);
});

test('a see-through background says nothing', () => {
  assert.equal(lightness('rgba(0, 0, 0, 0)'), undefined);
  assert.equal(lightness('oklch(0.2 0.03 260 / 0.1)'), undefined);
  assert.equal(lightness('transparent'), undefined);
});

test('a website may be typed without its scheme', () => {
  assert.equal(websiteFrom('example.org'), 'https://example.org/');
  assert.equal(websiteFrom('http://example.org/me'), 'http://example.org/me');
  assert.equal(websiteFrom('example.org:8080'), 'https://example.org:8080/');
});

test('only the web becomes a link', () => {
  for (const typed of ['', 'nothing', 'javascript:alert(1)', 'ftp://example.org', 'https://me:secret@example.org']) {
    assert.equal(websiteFrom(typed), undefined, typed);
  }
  assert.equal(webUrl('javascript:alert(1)'), undefined);
  assert.equal(webUrl('data:text/html,x'), undefined);
  assert.equal(webUrl('//example.org'), undefined);
});
