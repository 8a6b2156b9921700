import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { missing, place } from '../src/tree';
import type { Comment, OwnComment } from '../src/wire';
import type { Equipment } from '../src/equipment';
import { equip } from '../src/write/core';
import { isFurtherOn, readOwn, withOwn } from '../src/write/own';
import { Store } from '../src/write/store';
import { comment, drawn } from './comments';

before(() => equip({ missing, place } as Equipment));

const list = [comment(1), comment(2, 1), comment(5, 2, { depth: 2 }), comment(3, 1), comment(4)];

/** A store with a token for each number, and a server that knows these comments of the visitor; asked for by token. */
function world(numbers: number[], known: Comment[]) {
  const store = new Store('site', undefined);
  for (const number of numbers) {
    const expires = '2999-01-01T00:00:00.000Z';
    store.keepToken({ comment: `c${number}`, thread: 't', token: `token-${number}`, expires });
  }
  const asked: string[][] = [];
  const ask = async (tokens: string) => {
    asked.push(tokens.split(','));
    const comments = known.filter(({ number }) => tokens.split(',').includes(`token-${number}`));
    return { comments: comments as OwnComment[] };
  };
  const read = (shown: Comment[], further = (_: Comment) => false) => readOwn(store, 't', shown, further, ask);
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
  assert.deepEqual(
    store.tokensOf('t').map(({ comment: id }) => id),
    ['c1', 'c2'],
  );
});

test('a published comment that a stale answer lacks is shown, one further on is left to its place', async () => {
  const { read } = world([1, 2], [comment(1), comment(2)]);
  assert.deepEqual(await read([], ({ number }) => number === 2), [comment(1)]);
});

test('many tokens are asked for in batches', async () => {
  const numbers = Array.from({ length: 45 }, (_, index) => index + 1);
  const { asked, read } = world(numbers, []);
  await read([]);
  assert.deepEqual(
    asked.map(({ length }) => length),
    [20, 20, 5],
  );
});

test('the time in which a comment can be changed is kept with its token', async () => {
  const until = '2999-01-01T00:00:00.000Z';
  const { store, read } = world(
    [1],
    [{ ...comment(1, undefined, { state: 'pending' }), editable_until: until } as Comment],
  );
  await read([]);
  assert.equal(store.token('c1')!.until, until);
});

test('an own root stands after the earlier ones when the oldest come first', () => {
  const own = comment(6, undefined, { state: 'pending' });
  assert.equal(drawn(withOwn(list, [own], 'oldest')), '1 .2 ..5 .3 4 6');
});

test('an own root stands on top in every other order', () => {
  const newest = [comment(4), comment(1), comment(2, 1)];
  for (const sort of ['newest', 'best', 'discussed'] as const) {
    assert.equal(drawn(withOwn(newest, [comment(6)], sort)), '6 4 1 .2');
  }
  assert.equal(drawn(withOwn(newest, [comment(3)], 'newest')), '4 3 1 .2');
});

test('pinned comments stay above it', () => {
  const pinned = [comment(1, undefined, { pinned: true }), comment(2, 1), comment(4)];
  assert.equal(drawn(withOwn(pinned, [comment(6)], 'newest')), '1 .2 6 4');
});

test('an own root between two others stands after the replies of the first', () => {
  assert.equal(drawn(withOwn([comment(1), comment(2, 1), comment(9)], [comment(4)], 'oldest')), '1 .2 4 9');
});

test('an own reply stands after its earlier siblings and their replies, in any order of roots', () => {
  for (const sort of ['oldest', 'newest', 'best'] as const) {
    assert.equal(drawn(withOwn(list, [comment(7, 1)], sort)), '1 .2 ..5 .3 .7 4');
    assert.equal(drawn(withOwn(list, [comment(7, 5)], sort)), '1 .2 ..5 ...7 .3 4');
  }
});

test('own replies to own comments find their place in one go', () => {
  const own = [comment(8, 7), comment(7, 2)];
  assert.equal(drawn(withOwn(list, own, 'oldest')), '1 .2 ..5 ..7 ...8 .3 4');
});

test('an own reply whose parent is not loaded stands among the roots until it is', () => {
  const own = [comment(9, 8)];
  assert.equal(drawn(withOwn(list, own, 'oldest')), '1 .2 ..5 .3 4 9');
  assert.equal(drawn(withOwn([...list, comment(8)], own, 'oldest')), '1 .2 ..5 .3 4 8 .9');
});

test('an own comment that the public list holds is shown once, as the list has it', () => {
  const shown = withOwn(list, [comment(3, 1, { state: 'pending' })], 'oldest');
  assert.equal(drawn(shown), drawn(list));
  assert.ok(shown.every(({ state }) => state === 'published'));
});

test('a public root may be on a later page only while there is one', () => {
  assert.equal(isFurtherOn(list, comment(9), false, 'oldest'), false);
  assert.equal(isFurtherOn(list, comment(9), true, 'oldest'), true);
  assert.equal(isFurtherOn(list, comment(9), true, 'newest'), false);
  assert.equal(isFurtherOn(list, comment(0), true, 'newest'), true);
});

test('a public reply is further on when its parent is, or when its root has replies left', () => {
  const cut = [comment(1, undefined, { more_replies: 'a' }), comment(2, 1), comment(4)];
  assert.equal(isFurtherOn(cut, comment(9, 2), false, 'oldest'), true);
  assert.equal(isFurtherOn(cut, comment(9, 4), false, 'oldest'), false);
  assert.equal(isFurtherOn(cut, comment(9, 8), false, 'oldest'), true);
});

test('the list that comes in is left as it is', () => {
  const untouched = JSON.stringify(list);
  withOwn(list, [comment(7, 1)], 'oldest');
  assert.equal(JSON.stringify(list), untouched);
});
