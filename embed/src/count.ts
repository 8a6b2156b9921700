/** Entry of count.js: fills in how many comments other pages have. See README.md for the markup. */

import { BATCH, readCounts, type CountKey, type Site } from './client';
import { installation } from './installation';
import { comments as de } from './locales/de';
import { comments as en } from './locales/en';

const SPOTS = 'a[href$="#parlour-comments"],[data-parlour-count],parlour-count';

function fillIn(site: Site): void {
  const spots = [...document.querySelectorAll<HTMLElement>(SPOTS)].map((element) => ({ element, key: keyOf(element) }));
  // The server answers ids before URLs.
  spots.sort(({ key: [one] }, { key: [other] }) => one.localeCompare(other));
  while (spots.length > 0) {
    const batch = spots.splice(0, BATCH);
    readCounts(site, batch.map(({ key }) => key)).then(
      (counts) => batch.forEach(({ element }, index) => show(element, counts[index]?.comment_count ?? 0)),
      () => undefined, // A page reads well without its counts: what stood there stays.
    );
  }
}

function keyOf(element: HTMLElement): CountKey {
  const id = element.dataset['parlourCount'] || element.getAttribute('thread-id');
  if (id) return ['id', id];
  const url = new URL(element.getAttribute('url') ?? element.getAttribute('href') ?? '', document.baseURI);
  url.hash = '';
  return ['url', url.href];
}

/** A link gets words ("3 comments"), everything else the bare number. */
function show(element: HTMLElement, count: number): void {
  const words = document.documentElement.lang.startsWith('de') ? de : en;
  const inWords = element.matches('a:not([data-parlour-count])');
  const text = (count === 1 && words.one) || words.other;
  element.textContent = inWords ? text.replace('{n}', `${count}`) : `${count}`;
}

const site = installation();
if (site) {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => fillIn(site));
  else fillIn(site);
}
