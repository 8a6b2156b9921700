/** A button that fetches more of something and says so when it cannot. */

import { Failure } from './client';
import { button, el } from './dom';
import { explain } from './explain';
import type { Speech } from './speech';

export function loader(label: string, load: () => Promise<void>, speech: Speech): HTMLElement {
  const trouble = el('p', { class: 'trouble', part: 'error', role: 'alert' });
  let busy = false;
  const more = button(label, 'more', () => {
    if (busy) return;
    busy = true;
    more.setAttribute('aria-disabled', 'true');
    trouble.textContent = '';
    load()
      .catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        trouble.textContent = explain(error.reason, speech).text;
      })
      .finally(() => {
        busy = false;
        more.removeAttribute('aria-disabled');
      });
  });
  return el('div', { class: 'loader' }, more, trouble);
}
