/** What all that is wanted less often begins with: the rare words. */

import type { More } from './more';

export async function ready({ desk, equipment }: More) {
  const { speech } = desk.talk;
  await speech.learn('.rare');
  return { ...equipment, speech, words: speech.words };
}
