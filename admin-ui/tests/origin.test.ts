import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOrigin } from '~/parts/origin';

const became = (pasted: string) => {
  const reading = readOrigin(pasted);
  return reading.kind === 'invalid' ? 'invalid' : `${reading.kind} ${reading.origin}`;
};

test('an origin stays as it is, but for case and a default port', () => {
  assert.equal(became('https://blog.example'), 'origin https://blog.example');
  assert.equal(became('  https://Blog.Example:443/ '), 'origin https://blog.example');
  assert.equal(became('http://[::1]:8000'), 'origin http://[::1]:8000');
});

test('the address of a page is cut to its origin', () => {
  assert.equal(became('https://blog.example/2026/tea?x=1#c'), 'cut https://blog.example');
});

test('a bare host gets https, a local one http', () => {
  assert.equal(became('blog.example/posts'), 'completed https://blog.example');
  assert.equal(became('localhost:1313'), 'completed http://localhost:1313');
  assert.equal(became('127.0.0.1:8000'), 'completed http://127.0.0.1:8000');
});

test('a wildcard stands for whole labels in front of a host', () => {
  assert.equal(became('https://*.blog.example'), 'origin https://*.blog.example');
  for (const pasted of ['https://*', 'https://*.example', 'https://b*.example.org', 'https://a.*.example']) {
    assert.equal(became(pasted), 'invalid', pasted);
  }
});

test('what is no origin of the web is refused', () => {
  for (const pasted of ['', 'tea', 'null', 'ftp://blog.example', 'javascript:alert(1)', 'https://me:pw@blog.example']) {
    assert.equal(became(pasted), 'invalid', pasted);
  }
});
