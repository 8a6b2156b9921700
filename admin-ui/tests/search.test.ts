import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNext } from '~/routes/next-search';
import { readQueue } from '~/routes/t/$tenantId/comments/queue-search';
import { nameOfThread, webAddress } from '~/routes/t/$tenantId/threads/thread-names';
import { readArranging, readThreads } from '~/routes/t/$tenantId/threads/threads-search';
import { parseSearch, stringifySearch } from '~/search';

test('signing in leads back to a page of this app', () => {
  assert.deepEqual(readNext({ next: '/t/1/comments?state=spam' }), { next: '/t/1/comments?state=spam' });
});

test('signing in never leads to another host', () => {
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '']) {
    assert.deepEqual(readNext({ next }), {}, next);
  }
});

test('an old or mistyped link to the queue still shows the queue', () => {
  assert.deepEqual(readQueue({ state: 'approved', q: '', site: 7 }), { state: 'pending' });
  assert.deepEqual(readQueue({ state: 'spam', q: 'tea' }), { state: 'spam', q: 'tea' });
  assert.deepEqual(readQueue({ state: 'reported', thread: 't1' }), { state: 'reported', thread: 't1' });
});

test('an old or mistyped link to the conversations still shows them', () => {
  assert.deepEqual(readThreads({ state: 'frozen', site: 7, q: 'tea' }), { q: 'tea' });
  assert.deepEqual(readThreads({ state: 'locked' }), { state: 'locked' });
});

test('a link opens a dialog that is there, and says no more than it needs', () => {
  assert.deepEqual(readArranging({ arrange: 'split', comment: 'c1' }), { arrange: 'split', comment: 'c1' });
  assert.deepEqual(readArranging({ arrange: 'explode', comment: 'c1' }), {});
  assert.deepEqual(readArranging({ into: 't1' }), {});
});

test('a conversation goes by its title, else by what finds it, without the prefix of the key', () => {
  assert.equal(nameOfThread({ title: 'Tea', key: 'id:tea' }), 'Tea');
  assert.equal(nameOfThread({ key: 'url:blog.example/tea' }), 'blog.example/tea');
  assert.equal(nameOfThread({ key: 'id:url:x' }), 'url:x');
});

test('only addresses of the web become links', () => {
  assert.equal(webAddress('https://blog.example/tea'), 'https://blog.example/tea');
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'blog.example', '', undefined]) {
    assert.equal(webAddress(text), undefined, text);
  }
});

test('search parameters come back as they were, numbers included', () => {
  const search = { state: 'spam', q: '0042 & tea' };
  assert.deepEqual(parseSearch(stringifySearch(search)), search);
  assert.equal(stringifySearch({ q: '', site: undefined }), '');
});
