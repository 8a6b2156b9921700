/** Saying what went wrong. */

import type { Failure } from './client';
import { button, el } from './dom';
import type { Options } from './thread';
import type { Speech } from './speech';

export interface Explanation {
  text: string;
  /** How the page's owner repairs it; trying again would not. */
  repair?: string | undefined;
  /** One of the API's codes, or one of ours where the server did not speak. */
  code: string;
}

/** `first` when nothing could be read at all, so that the cause may be in the page. */
export async function explain(failure: Failure, speech: Speech, options: Options, first = false): Promise<Explanation> {
  try {
    const [{ default: tell }] = await Promise.all([options.load('trouble.js'), speech.learn('.rare')]);
    return await tell(failure, speech, options.site, first);
  } catch {
    return { code: 'unreachable', text: speech.words.unreachable };
  }
}

/** In place of what could not be loaded, with a button to try again. */
export function failure({ text, repair }: Pick<Explanation, 'text' | 'repair'>, speech: Speech, again: () => void) {
  const retry = button(speech.words.retry, 'secondary', () => {
    box.remove();
    again();
  });
  const box = el('div', { part: 'failure', role: 'alert' }, el('p', {}, text), el('p', {}, repair), retry);
  return box;
}
