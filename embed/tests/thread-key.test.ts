import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageUrl } from '../src/thread-key';

const location = 'https://blog.example/post?a=1#top';

test('a page is its own thread, whatever its fragment', () => {
  assert.equal(pageUrl([undefined, undefined], location), 'https://blog.example/post?a=1');
});

test('a canonical link is stronger than the address, and the url attribute than both', () => {
  assert.equal(pageUrl([undefined, '/post'], location), 'https://blog.example/post');
  assert.equal(pageUrl(['https://blog.example/old#x', '/post'], location), 'https://blog.example/old');
});

test('an address that is none, or not of the web, is passed over', () => {
  for (const url of ['http://', 'javascript:alert(1)', 'mailto:a@b.example', '']) {
    assert.equal(pageUrl([url, undefined], location), 'https://blog.example/post?a=1', url);
  }
});
