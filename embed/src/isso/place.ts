/** Where things are: the server, and the conversation on the page. */

import { pageUrl } from '../thread-key';

/** A file that a page may load, behind the address of the door. */
const SCRIPT = /\/js\/(embed|count)\.(min|dev)\.js.*$/;

/**
 * The address of the door, with a slash at its end: as the first script with `data-isso` says, else where the script
 * itself comes from. `running` is null once a script has run, and in modules.
 */
export function doorOf(running: Document['currentScript']): string {
  const named = document.querySelector('script[data-isso]')?.getAttribute('data-isso');
  const scripts = [running as HTMLScriptElement | null, ...document.scripts];
  const source = scripts.find((script) => script && SCRIPT.test(script.src))?.src.replace(SCRIPT, '');
  return new URL((named || source || '').replace(/\/*$/, '/'), document.baseURI).href;
}

/** What the conversation is called, and on which page it is. */
export function nameOf(thread: Element): { id: string; url: string } {
  const { origin, pathname, href } = location;
  const id = thread.getAttribute('data-isso-id');
  // The page's path stands for all its addresses, so that readers from anywhere ask for the same and caches can answer.
  return id ? { id, url: pageUrl([], href) } : { id: pathname, url: origin + pathname };
}

/** The title that moderators see. */
export function titleOf(thread: Element): string {
  const title = thread.getAttribute('data-title') || document.querySelector('h1')?.textContent || document.title;
  return title.replace(/\s+/g, ' ').trim();
}

/** The comment that the page's address names. */
export function numberInHash(hash = location.hash): number | undefined {
  const [, digits] = /^#isso-(\d+)$/.exec(hash) ?? [];
  return digits ? Number(digits) : undefined;
}
