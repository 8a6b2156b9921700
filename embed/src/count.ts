/** Entry of count.js: fills in how many comments pages have. See README.md for the markup. */

import type { Plural } from './locales/words';
import type { ThreadCount } from './wire';

/** The most threads one request may name. */
const BATCH = 20;

const script = document.currentScript as HTMLScriptElement;
const { site, host = script.src } = script.dataset;
let due: HTMLElement[] = [];

/** What is asked for at once travels together. */
function ask(...spots: HTMLElement[]): void {
  if (!due.length) setTimeout(fetchDue);
  due.push(...spots);
}

function fetchDue(): void {
  // The server answers ids before URLs, and so they are sorted.
  const asked = due.map((spot) => [...keyOf(spot), spot] as const).sort();
  due = [];
  while (asked.length) {
    const batch = asked.splice(0, BATCH);
    const url = new URL(`v1/sites/${site}/counts`, host);
    for (const [kind, value] of batch) url.searchParams.append(kind, value as string);
    fetch(url, { credentials: 'omit' })
      .then((response) => response.json())
      .then(({ counts }: { counts: ThreadCount[] }) => {
        for (const [, , spot] of batch) void show(spot, counts.shift()!.comment_count);
      })
      .catch(() => undefined); // A page reads well without its counts: what stood there stays.
  }
}

function keyOf(spot: HTMLElement): ['id' | 'url', string | URL] {
  const get = (name: string) => spot.getAttribute(name);
  const id = get('data-parlour-count') || get('thread-id');
  if (id) return ['id', id];
  const url = new URL(get('url') ?? get('href') ?? '', document.baseURI);
  url.hash = '';
  return ['url', url];
}

/** A link gets words ("3 comments") in the page's language or in English, everything else the bare number. */
async function show(spot: HTMLElement, count: number): Promise<void> {
  const isLink = spot.matches('a:not([data-parlour-count])');
  let lang: string | Intl.Locale = 'en';
  let comments: Plural = { one: '{n} comment', other: '{n} comments' };
  try {
    // en_US is no language tag, but often written.
    lang = new Intl.Locale(document.documentElement.lang.replace('_', '-'));
    // Chinese is written in two ways; any other language has one word for all its regions.
    const [language] = /zh-[TH]\w+|\w+/.exec(lang as unknown as string)!;
    if (isLink && language !== 'en') {
      ({ comments } = (await import(`${new URL(`embed/locales/${language}.js`, script.src)}`)).default);
    }
  } catch {
    // English for a page in no language, or in one that has no words here.
  }
  const form = comments[new Intl.PluralRules(lang).select(count)] ?? comments.other;
  spot.textContent = (isLink ? form : '{n}').replace('{n}', count.toLocaleString(lang));
}

const spots = () => document.querySelectorAll<HTMLElement>('a[href$="#parlour-comments"],[data-parlour-count]');
const fill = () => ask(...spots());

/**
 * A number of comments; needs count.js. Read when it is put into the page.
 *
 * @tag parlour-count
 * @attr {string} thread-id - the thread, by its id
 * @attr {string} url - the thread, by its page; without both this page
 */
if (!customElements.get('parlour-count')) {
  customElements.define(
    'parlour-count',
    class extends HTMLElement {
      connectedCallback() {
        ask(this);
      }
    },
  );
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', fill);
  else fill();
}
