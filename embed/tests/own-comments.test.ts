import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { readOwn } from '../src/own-comments';
import { Store } from '../src/store';
import type { Comment } from '../src/wire';
import { comment } from './comments';

const site = { host: 'https://parlour.example/', key: 'site' };
const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
});

/** A store with a token for each number, and a server that knows these comments of the visitor; asked for by token. */
function world(numbers: number[], known: Comment[]) {
  const store = new Store('site', undefined);
  for (const number of numbers) {
    const expires = '2999-01-01T00:00:00.000Z';
    store.keepToken({ comment: `c${number}`, thread: 't', token: `token-${number}`, expires });
  }
  const asked: string[][] = [];
  globalThis.fetch = async (_url, options) => {
    const tokens = new Headers(options?.headers).get('Parlour-Tokens')!.split(',');
    asked.push(tokens);
    return Response.json({ comments: known.filter(({ number }) => tokens.includes(`token-${number}`)) });
  };
  const read = (list: Comment[], further = (_: Comment) => false) =>
    readOwn(site, store, 't', list, further, new AbortController().signal);
  return { store, asked, read };
}

test('a visitor without tokens costs no request', async () => {
  const { asked, read } = world([], []);
  assert.deepEqual(await read([comment(1)]), []);
  assert.deepEqual(asked, []);
});

test('a comment that everybody sees is not asked for, now or later', async () => {
  const { asked, read } = world([1], []);
  await read([comment(1)]);
  assert.deepEqual(await read([]), []);
  assert.deepEqual(asked, []);
});

test('waiting and refused comments come back, deleted and unknown ones are forgotten', async () => {
  const known = [comment(1, undefined, { state: 'pending' }), comment(2, undefined, { state: 'rejected' })];
  const { store, read } = world([1, 2, 3, 4], [...known, comment(3, undefined, { state: 'removed' })]);
  assert.deepEqual(await read([]), known);
  assert.deepEqual(store.tokensOf('t').map(({ comment: id }) => id), ['c1', 'c2']);
});

test('a published comment that a stale answer lacks is shown, one further on is left to its place', async () => {
  const { read } = world([1, 2], [comment(1), comment(2)]);
  assert.deepEqual(await read([], ({ number }) => number === 2), [comment(1)]);
});

test('many tokens are asked for in batches', async () => {
  const numbers = Array.from({ length: 45 }, (_, index) => index + 1);
  const { asked, read } = world(numbers, []);
  await read([]);
  assert.deepEqual(asked.map(({ length }) => length), [20, 20, 5]);
});
