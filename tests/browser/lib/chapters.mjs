// A story in chapters, each of which goes on where the one before ended: after one that fails the others are skipped.
import { it } from 'node:test';

/** `chapter` is an `it`; `broken` tells whether one failed. */
export function chapters() {
  let broken = false;
  const chapter = (name, act) =>
    it(name, async (t) => {
      if (broken) return t.skip('an earlier chapter failed');
      broken = true;
      await act();
      broken = false;
    });
  return { chapter, broken: () => broken };
}
