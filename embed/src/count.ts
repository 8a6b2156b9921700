/** Entry of count.js: fills in how many comments pages have. See README.md for the markup. */

import type { Plural } from './locales/words';
import type { ThreadCount } from './wire';

/** Put in by the build, as in speech.ts and element.ts. */
declare const LANGUAGES: string;
declare const VERSION: string;

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
    const url = new URL(`v1/sites/${site}/counts`, new URL(host, document.baseURI));
    for (const [, kind, value] of batch) url.searchParams.append(kind, value);
    fetch(url, { credentials: 'omit' })
      .then((response) => response.json())
      .then(({ counts }: { counts: ThreadCount[] }) =>
        batch.forEach(([spot], index) => show(spot, counts[index]!.comment_count)),
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

/** A link gets words ("3 comments"), everything else the bare number. */
async function show(spot: HTMLElement, count: number): Promise<void> {
  const { lang } = document.documentElement;
  const number = count.toLocaleString(lang || 'en');
  const inWords = spot.matches('a:not([data-parlour-count])');
  const forms = inWords && (await words(lang.toLowerCase()));
  spot.textContent = forms ? (forms[new Intl.PluralRules(lang || 'en').select(count)] ?? forms.other).replace('{n}', number) : number;
}

async function words(lang: string): Promise<Plural> {
  const language = [lang, lang.split('-')[0]!].find((each) => ` ${LANGUAGES} `.includes(` ${each} `) && each !== 'en');
  const english = { one: '{n} comment', other: '{n} comments' };
  if (!language) return english;
  const { href } = new URL(`embed/locales/${language}.js?v=${VERSION}`, script.src);
  return import(href).then(
    ({ default: { comments } }) => comments,
    () => english,
  );
}

if (!customElements.get('parlour-count')) {
  const fill = () => ask(...document.querySelectorAll<HTMLElement>('a[href$="#parlour-comments"],[data-parlour-count]'));
  customElements.define(
    'parlour-count',
    class extends HTMLElement {
      static observedAttributes = ['thread-id', 'url'];

      connectedCallback() {
        ask(this);
      }

      attributeChangedCallback() {
        if (this.isConnected) ask(this);
      }
    },
  );
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', fill);
  else fill();
}
