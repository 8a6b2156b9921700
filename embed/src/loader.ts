/** A button that fetches more of something and says so when it cannot. */

import type { Failure } from './client';
import { button, el, set } from './dom';

export function loader(
  label: string,
  load: () => Promise<void>,
  explain: (failure: Failure) => Promise<{ text: string }>,
): HTMLElement {
  const trouble = el('p', { part: 'error', role: 'alert' });
  let busy = false;
  const more = button(label, 'more', async () => {
    if (busy) return;
    busy = true;
    // Not `disabled`, which would take the focus away.
    set(more, { 'aria-disabled': 'true' });
    trouble.textContent = '';
    await load().catch(async (failure) => (trouble.textContent = (await explain(failure)).text));
    busy = false;
    set(more, { 'aria-disabled': false });
  });
  return el('div', { class: 'loader' }, more, trouble);
}
