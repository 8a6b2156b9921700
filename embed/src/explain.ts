/** What a failure means, in words: for the reader, and where the page's owner can mend it, for the owner. */

import type { Reason } from './client';
import { fill, type Speech } from './speech';
import { duration } from './time';

export interface Explanation {
  text: string;
  /** How the page's owner repairs it; trying again would not. */
  repair?: string;
}

export function explain(reason: Reason, { words, locale }: Speech): Explanation {
  switch (reason.kind) {
    case 'unreachable':
      return { text: navigator.onLine ? words.unreachable : words.offline };
    case 'origin_unlisted':
      return { text: words.notShownHere, repair: fill(words.repairOrigin, { origin: reason.origin }) };
    case 'origin_missing':
      return { text: words.notShownHere, repair: words.repairNoOrigin };
    case 'policy_blocks':
      return { text: words.notShownHere, repair: fill(words.repairPolicy, { host: reason.host }) };
    case 'key_missing':
      return { text: words.notShownHere, repair: words.repairKey };
    case 'refused':
      if (reason.problem.code === 'rate_limited' && reason.retryAfter) {
        return { text: fill(words.rateLimitedFor, { time: duration(reason.retryAfter, locale) }) };
      }
      // A newer server may know codes that this client does not.
      return { text: words.errors[reason.problem.code] ?? words.errors.internal };
  }
}

/** The same, when it is the whole thread that could not be read. */
export function explainThread(reason: Reason, speech: Speech): Explanation {
  if (reason.kind === 'refused' && reason.problem.code === 'not_found') {
    return { text: speech.words.notShownHere, repair: speech.words.repairUnknownSite };
  }
  return explain(reason, speech);
}
