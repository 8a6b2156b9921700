/** What the page's script tag says about where Parlour is and which site this is. */

import type { Site } from './client';

/** Undefined when no script tag with a site key can be found. */
export function installation(): Site | undefined {
  // currentScript is only set while a classic script runs for the first time; bundlers and modules lose it.
  const running = document.currentScript as HTMLScriptElement | null;
  const script = running?.dataset['site'] ? running : document.querySelector<HTMLScriptElement>('script[data-site]');
  const key = script?.dataset['site'];
  if (!script || !key) return undefined;
  return { host: new URL('.', new URL(script.dataset['host'] ?? script.src, document.baseURI)).href, key };
}
