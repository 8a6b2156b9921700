import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, outline, place, withReplies } from '../src/tree';
import { comment, drawn } from './comments';

const list = [comment(1), comment(2, 1), comment(5, 2, { depth: 2 }), comment(3, 1), comment(4)];

test('what is there already (a comment posted meanwhile) is not doubled', () => {
  assert.equal(drawn(missing(list, [comment(4), comment(6), comment(7, 6)])), '6 .7');
});

test('a comment goes to the end of what hangs on its parent, or before the first sibling that is later', () => {
  const end = [...list];
  place(end, comment(6, 1));
  assert.equal(drawn(end), '1 .2 ..5 .3 .6 4');
  const before = [...list];
  place(before, comment(6, 1), ({ number }) => number === 3);
  assert.equal(drawn(before), '1 .2 ..5 .6 .3 4');
});

test('further replies go to the end of what hangs on their parents', () => {
  const replies = [comment(7, 2), comment(8, 7), comment(9, 1), comment(3, 1)];
  assert.equal(drawn(withReplies(list, replies, 'c1', undefined)), '1 .2 ..5 ..7 ...8 .3 .9 4');
});

test('the root remembers where its replies go on, and forgets it at their end', () => {
  const cut = [comment(1, undefined, { more_replies: 'a' }), comment(2, 1)];
  const between = withReplies(cut, [comment(3, 1)], 'c1', 'b');
  assert.equal(between[0]!.more_replies, 'b');
  assert.equal(withReplies(between, [comment(4, 1)], 'c1', undefined)[0]!.more_replies, undefined);
});

test('the lists that come in are left as they are', () => {
  const before = JSON.stringify(list);
  withReplies(list, [comment(8, 1)], 'c1', undefined);
  assert.equal(JSON.stringify(list), before);
});

test('the outline names the nearest shallower comment as parent, even across a gap in depth', () => {
  const parents = outline([comment(1), comment(2, 1, { depth: 3 }), comment(3, 1), comment(4)]).map(
    ({ parent }) => parent?.number,
  );
  assert.deepEqual(parents, [undefined, 1, 1, undefined]);
});
