/** What embed.js lends to the files that are loaded after it, so that nothing is sent twice. */

import { addressOf } from './card';
import { ask, door } from './client';
import { readThread } from './conversation';
import { button, el, set, visit } from './dom';
import { explain } from './explain';
import { showServerHtml } from './html';
import { fill, plural, speak } from './speech';
import { absolute, relative } from './time';
import { missing, place } from './tree';
import { webUrl } from './website';

export const equipment = {
  absolute,
  addressOf,
  ask,
  button,
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
  visit,
  webUrl,
};

export type Equipment = typeof equipment;
