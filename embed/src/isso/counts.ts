/** Entry of parts/counts.js: the words for count.min.js. */

import type { Load } from '../speech';
import { lookOf, readAttributes } from './attributes';
import { speak, wishesOf } from './say';

export default async function voice(root: string, load: Load): Promise<(n: number) => string> {
  const found = readAttributes(document.scripts);
  const { say } = await speak(wishesOf(lookOf(found, root)), found, load);
  return (n) => say('num-comments', n);
}
