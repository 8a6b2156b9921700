/** Entry of count.js: fills in how many comments pages have. See README.md for the markup. */

import type { Plural } from './locales/words';
import type { ThreadCount } from './wire';

/** The most threads one request may name. */
const BATCH = 20;

const script = document.currentScript as HTMLScriptElement;
const { site = '', host = script.src } = script.dataset;
let due: HTMLElement[] = [];

/** What is asked for at once travels together. */
function ask(...spots: HTMLElement[]): void {
  if (!due.length) setTimeout(fetchDue);
  due.push(...spots);
}

function fetchDue(): void {
  // The server answers ids before URLs.
  const asked = due.map((spot) => [spot, ...keyOf(spot)] as const).sort(([, one], [, other]) => (one < other ? -1 : 1));
  due = [];
  while (asked.length) {
    const batch = asked.splice(0, BATCH);
    const url = new URL(`v1/sites/${site}/counts`, host);
    for (const [, kind, value] of batch) url.searchParams.append(kind, value);
    fetch(url, { credentials: 'omit' })
      .then((response) => response.json())
      .then(({ counts }: { counts: ThreadCount[] }) =>
        counts.forEach(({ comment_count }, index) => show(batch[index]![0], comment_count)),
      )
      .catch(() => undefined); // A page reads well without its counts: what stood there stays.
  }
}

function keyOf(spot: HTMLElement): ['id' | 'url', string] {
  const get = (name: string) => spot.getAttribute(name);
  const id = get('data-parlour-count') || get('thread-id');
  if (id) return ['id', id];
  const url = new URL(get('url') ?? get('href') ?? '', document.baseURI);
  url.hash = '';
  return ['url', url.href];
}

/** A link gets words ("3 comments") in the page's language or in English, everything else the bare number. */
async function show(spot: HTMLElement, count: number): Promise<void> {
  const lang = document.documentElement.lang || 'en';
  let form = '{n}';
  if (spot.matches('a:not([data-parlour-count])')) {
    // Chinese is written in two ways; any other language has one word for all its regions.
    const [language] = /zh-[TH]\w+|\w+/.exec(lang)!;
    const file = new URL(`embed/locales/${language}.js`, script.src).href;
    const english: Plural = { one: '{n} comment', other: '{n} comments' };
    const comments: Plural =
      language === 'en' ? english : await import(file).then((module) => module.default.comments, () => english);
    form = comments[new Intl.PluralRules(lang).select(count)] ?? comments.other;
  }
  spot.textContent = form.replace('{n}', count.toLocaleString(lang));
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
