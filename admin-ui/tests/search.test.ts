import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNext } from '~/routes/next-search';
import { readQueue } from '~/routes/t/$tenantId/comments/queue-search';
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
});

test('search parameters come back as they were, numbers included', () => {
  const search = { state: 'spam', q: '0042 & tea' };
  assert.deepEqual(parseSearch(stringifySearch(search)), search);
  assert.equal(stringifySearch({ q: '', site: undefined }), '');
});
