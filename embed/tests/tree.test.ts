import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFurtherOn, outline, withOwn, withPage, withReplies } from '../src/tree';
import { comment, drawn } from './comments';

const list = [comment(1), comment(2, 1), comment(5, 2, { depth: 2 }), comment(3, 1), comment(4)];

test('an own root stands after the earlier ones when the oldest come first', () => {
  const own = comment(6, undefined, { state: 'pending' });
  assert.equal(drawn(withOwn(list, [own], 'oldest')), '1 .2 ..5 .3 4 6');
});

test('an own root stands on top when the newest come first', () => {
  const newest = [comment(4), comment(1), comment(2, 1)];
  assert.equal(drawn(withOwn(newest, [comment(6)], 'newest')), '6 4 1 .2');
  assert.equal(drawn(withOwn(newest, [comment(3)], 'newest')), '4 3 1 .2');
});

test('an own root between two others stands after the replies of the first', () => {
  assert.equal(drawn(withOwn([comment(1), comment(2, 1), comment(9)], [comment(4)], 'oldest')), '1 .2 4 9');
});

test('an own reply stands after its earlier siblings and their replies, in either order of roots', () => {
  for (const sort of ['oldest', 'newest'] as const) {
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

test('a further page goes to the end, without what is there already', () => {
  assert.equal(drawn(withPage(list, [comment(4), comment(6), comment(7, 6)])), '1 .2 ..5 .3 4 6 .7');
});

test('further replies go to the end of what hangs on their parents', () => {
  const replies = [comment(7, 2), comment(8, 7), comment(9, 1), comment(3, 1)];
  assert.equal(drawn(withReplies(list, replies, 'c1', undefined)), '1 .2 ..5 ..7 ...8 .3 .9 4');
});

test('the root remembers where its replies go on, and forgets it at their end', () => {
  const cut = [comment(1, undefined, { more_replies: 'a' }), comment(2, 1)];
  const between = withReplies(cut, [comment(3, 1)], 'c1', 'b');
  assert.equal(between[0]!.more_replies, 'b');
  assert.ok(!('more_replies' in withReplies(between, [comment(4, 1)], 'c1', undefined)[0]!));
});

test('the lists that come in are left as they are', () => {
  const before = JSON.stringify(list);
  withOwn(list, [comment(7, 1)], 'oldest');
  withReplies(list, [comment(8, 1)], 'c1', undefined);
  assert.equal(JSON.stringify(list), before);
});

test('the outline names the nearest shallower comment as parent, even across a gap in depth', () => {
  const parents = outline([comment(1), comment(2, 1, { depth: 3 }), comment(3, 1), comment(4)]).map(
    ({ parent }) => parent?.number,
  );
  assert.deepEqual(parents, [undefined, 1, 1, undefined]);
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
