/** What embed.js lends to the files that are loaded after it, so that nothing is sent twice. */

import { ask, door } from './client';
import { readThread } from './conversation';
import { button, el, set } from './dom';
import { explain } from './explain';
import { showServerHtml } from './html';
import { direction, fill, plural, speak } from './speech';
import { relative } from './time';
import { missing, place } from './tree';
import { webUrl } from './website';

export const equipment = {
  ask,
  button,
  direction,
  door,
  el,
  explain,
  fill,
  missing,
  place,
  plural,
  readThread,
  relative,
  set,
  showServerHtml,
  speak,
  webUrl,
};

export type Equipment = typeof equipment;
