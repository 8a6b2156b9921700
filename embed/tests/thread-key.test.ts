import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageUrl, threadKey } from '../src/thread-key';

const page = { threadId: null, url: null, canonical: null, location: 'https://blog.example/post?a=1#top' };

test('a page is its own thread, whatever its fragment', () => {
  assert.deepEqual(threadKey(page), { url: 'https://blog.example/post?a=1' });
});

test('a canonical link is stronger than the address, and the url attribute than both', () => {
  const canonical = { ...page, canonical: '/post' };
  assert.deepEqual(threadKey(canonical), { url: 'https://blog.example/post' });
  assert.deepEqual(threadKey({ ...canonical, url: 'https://blog.example/old' }), { url: 'https://blog.example/old' });
});

test('an explicit id is strongest, and the page is still known', () => {
  const sources = { ...page, threadId: 'post-7', canonical: '/post' };
  assert.deepEqual(threadKey(sources), { id: 'post-7' });
  assert.equal(pageUrl(sources), 'https://blog.example/post');
});

test('an address that is none, or not of the web, is passed over', () => {
  for (const url of ['http://', 'javascript:alert(1)', 'mailto:a@b.example', '']) {
    assert.deepEqual(threadKey({ ...page, url }), { url: 'https://blog.example/post?a=1' });
  }
});
