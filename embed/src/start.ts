/** What both entries do: define the elements. */

import type { Conversation } from './conversation';
import { load, ParlourComments, ParlourRecent, shared } from './element';
import { equipment } from './equipment';
import { failure } from './explain';
import type { Installation } from './installation';

export function start(installation: Installation): void {
  // A page may carry the script twice, for instance from a template and by hand.
  if (customElements.get('parlour-comments')) return;
  shared.installation = installation;
  shared.furnish = furnish;
  customElements.define('parlour-comments', ParlourComments);
  customElements.define('parlour-recent', ParlourRecent);
  // For the page's owner; a page as it should be loads nothing more.
  setTimeout(async () => {
    const isUsual = document.querySelector('parlour-comments') && !document.querySelector('[data-debug]');
    if (!isUsual) (await load('debug.js')).default(equipment);
  }, 2e3);
}

/** What belongs to writing comes when there is something to read, together with the words for it. */
async function furnish(conversation: Conversation): Promise<void> {
  const { speech, options, form } = conversation;
  try {
    const [{ default: write }] = await Promise.all([options.load('write.js'), speech.learn()]);
    if (!options.signal.aborted) write(conversation, equipment);
  } catch (error) {
    console.warn(error);
    form.append(failure({ text: speech.words.unreachable }, speech, () => furnish(conversation)));
  }
}
