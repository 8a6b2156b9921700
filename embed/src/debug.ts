/**
 * For the page's owner: what is in the way of comments on this page, in words. A file of its own, loaded where the script
 * tag says `data-debug`, or where the page has no element for comments. In two languages, as the pages of the owner's
 * account; readers never see it.
 */

import type { Failure } from './client';
import css from './debug.css';
import type { Equipment } from './equipment';
import type { ParlourComments } from './element';
import type { Speech } from './speech';
import type { ThreadPage } from './wire';

/** For so long, in milliseconds, an application may still be about to put its element into the page. */
const LATE = 5_000;

/** Seconds by which two clocks may differ without a word. */
const NEAR = 120;

type Grade = 'good' | 'warning' | 'error';

interface Finding {
  grade: Grade;
  text: string;
  fix?: string | undefined;
}

const ELEMENTS = 'parlour-comments, parlour-recent';

const english = {
  title: 'Parlour on this page',
  grades: { good: 'Good', warning: 'Look at this', error: 'In the way' },
  lead: 'Only pages whose script tag says data-debug show this. Take it off when you are done.',
  again: 'Check again',
  close: 'Close',
  busy: 'Looking…',
  admin: 'To the admin pages',
  allGood: 'Nothing is in the way of comments here.',
  troubled: (count: number) => (count === 1 ? 'One thing is in the way.' : `${count} things are in the way.`),
  script: (host: string) => `The script comes from ${host}.`,
  scripts: (count: number) => `The script is on this page ${count} times.`,
  scriptsFix: 'One is enough. Often one is in the template and one was pasted by hand.',
  keyMissing: 'The script tag names no site.',
  keyMissingFix: 'Add data-site="YOUR SITE’S KEY", as on the installation page.',
  mixed: (host: string) => `This page is https, and the comments are asked for by http at ${host}. Browsers forbid that.`,
  mixedFix: 'Write https:// in the script’s address and in data-host.',
  elementMissing: 'There is no place for comments on this page.',
  elementMissingFix: 'Put <parlour-comments></parlour-comments> where they should appear.',
  elements: (count: number) => (count === 1 ? 'There is one place for comments.' : `There are ${count} places for comments.`),
  twice: 'Two places show the same conversation.',
  twiceFix: 'Give each a thread-id of its own, or take one away.',
  canonical: (origin: string) => `This page says that its address is at ${origin}; its comments are kept under that address.`,
  canonicalFix: 'If that is not meant, change <link rel="canonical">, or name the page by url or thread-id.',
  unfilled: (value: string) => `A variable of your template was not filled in: ${value}`,
  unfilledFix: 'The file is not rendered by your site generator, or the variable has another name.',
  answers: (name: string, key: string, count: number) =>
    `“${name}” answers. This conversation is ${key}, with ${count} ${count === 1 ? 'comment' : 'comments'}.`,
  clock: (seconds: number) =>
    `This device’s clock is ${minutes(seconds)} min ${seconds > 0 ? 'ahead of' : 'behind'} the server’s.`,
  clockFix: 'Times such as “2 minutes ago” are wrong by as much. Let the device, or the server, set its clock by itself.',
};

const german: typeof english = {
  title: 'Parlour auf dieser Seite',
  grades: { good: 'Gut', warning: 'Ansehen', error: 'Im Weg' },
  lead: 'Das zeigen nur Seiten, deren Script-Tag data-debug trägt. Nehmen Sie es weg, wenn Sie fertig sind.',
  again: 'Noch einmal prüfen',
  close: 'Schließen',
  busy: 'Sieht nach …',
  admin: 'Zur Verwaltung',
  allGood: 'Hier steht Kommentaren nichts im Weg.',
  troubled: (count) => (count === 1 ? 'Eines ist im Weg.' : `${count} Dinge sind im Weg.`),
  script: (host) => `Das Script kommt von ${host}.`,
  scripts: (count) => `Das Script steht ${count}-mal auf dieser Seite.`,
  scriptsFix: 'Einmal genügt. Oft steht eines in der Vorlage, und eines wurde von Hand eingefügt.',
  keyMissing: 'Das Script-Tag nennt keine Website.',
  keyMissingFix: 'Ergänzen Sie data-site="SCHLÜSSEL IHRER WEBSITE", wie er auf der Seite „Einbau“ steht.',
  mixed: (host) => `Diese Seite ist https, und die Kommentare werden mit http bei ${host} geholt. Das verbieten Browser.`,
  mixedFix: 'Schreiben Sie https:// in die Adresse des Scripts und in data-host.',
  elementMissing: 'Auf dieser Seite ist kein Platz für Kommentare.',
  elementMissingFix: 'Setzen Sie <parlour-comments></parlour-comments> dorthin, wo sie stehen sollen.',
  elements: (count) => (count === 1 ? 'Es gibt einen Platz für Kommentare.' : `Es gibt ${count} Plätze für Kommentare.`),
  twice: 'Zwei Plätze zeigen dasselbe Gespräch.',
  twiceFix: 'Geben Sie jedem eine eigene thread-id, oder nehmen Sie einen weg.',
  canonical: (origin) => `Diese Seite nennt als ihre Adresse eine bei ${origin}; unter dieser stehen ihre Kommentare.`,
  canonicalFix:
    'Wenn das nicht gemeint ist, ändern Sie <link rel="canonical">, oder nennen Sie die Seite mit url oder thread-id.',
  unfilled: (value) => `Eine Variable Ihrer Vorlage wurde nicht gefüllt: ${value}`,
  unfilledFix: 'Die Datei geht nicht durch Ihren Generator, oder die Variable heißt anders.',
  answers: (name, key, count) =>
    `„${name}“ antwortet. Dieses Gespräch ist ${key}, mit ${count} ${count === 1 ? 'Kommentar' : 'Kommentaren'}.`,
  clock: (seconds) => `Die Uhr dieses Geräts geht ${minutes(seconds)} min ${seconds > 0 ? 'vor' : 'nach'}.`,
  clockFix: 'Um so viel sind Angaben wie „vor 2 Minuten“ falsch. Lassen Sie Gerät oder Server die Uhr selbst stellen.',
};

type Words = typeof english;

export default async function debug(tools: Equipment): Promise<void> {
  if (document.readyState !== 'complete') {
    await new Promise((resolve) => addEventListener('load', resolve, { once: true }));
  }
  // One that is in no page knows what the script tag says.
  const probe = document.createElement('parlour-comments') as ParlourComments;
  if (document.querySelector('[data-debug]')) return panel(probe, tools);
  await new Promise((resolve) => setTimeout(resolve, LATE));
  const { site } = probe;
  if (!site || document.querySelector(ELEMENTS)) return;
  // Once a day from this browser: the answer may be kept for so long. Where it fails, nobody needs to know.
  await fetch(tools.door(site, 'trouble', { kind: 'element_missing' }), { credentials: 'omit' }).catch(() => {});
}

async function panel(probe: ParlourComments, tools: Equipment): Promise<void> {
  const { el, button: press } = tools;
  const server = probe.site?.host ?? new URL('..', import.meta.url).href;
  const host = el('div', { id: 'parlour-debug' });
  const speech = await tools.speak([document.documentElement.lang, ...navigator.languages], host, probe.load);
  const isGerman = speech.locale.startsWith('de');
  const words = isGerman ? german : english;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const shadow = host.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [sheet];
  const told = el('p', { role: 'status' });
  const list = el('ul', { role: 'list' });
  const close = press(words.close, 'close', () => host.remove());
  const again = press(words.again, 'again', () => void look());
  const admin = el('a', { href: `${server}admin/`, target: '_blank', rel: 'noopener' }, words.admin);
  const region = el(
    'section',
    { role: 'region', 'aria-labelledby': 'title', lang: isGerman ? 'de' : 'en' },
    el('header', {}, el('h2', { id: 'title' }, words.title), close),
    told,
    list,
    el('footer', {}, again, admin),
    el('p', { class: 'lead' }, words.lead),
  );
  shadow.append(region);
  document.body.append(host);
  await look();

  async function look(): Promise<void> {
    told.textContent = words.busy;
    const found = await check(probe, server, tools, speech, words);
    const bad = found.filter(({ grade }) => grade === 'error').length;
    told.textContent = bad ? words.troubled(bad) : words.allGood;
    const rank: Grade[] = ['error', 'warning', 'good'];
    found.sort((one, other) => rank.indexOf(one.grade) - rank.indexOf(other.grade));
    list.replaceChildren(
      ...found.map(({ grade, text, fix }) =>
        el('li', { class: grade }, el('strong', {}, words.grades[grade]), el('p', {}, text), fix && el('p', {}, fix)),
      ),
    );
  }
}

async function check(
  { site, load }: ParlourComments,
  host: string,
  tools: Equipment,
  speech: Speech,
  words: Words,
): Promise<Finding[]> {
  const found: Finding[] = [];
  const add = (grade: Grade, text: string, fix?: string) => found.push({ grade, text, fix });
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  const elements = all('parlour-comments');
  const scripts = all('script[src*="/embed.js"][data-site]');
  if (scripts.length > 1) add('warning', words.scripts(scripts.length), words.scriptsFix);
  else add('good', words.script(new URL(host).host));
  if (!site && !elements.some((element) => element.hasAttribute('site'))) {
    add('error', words.keyMissing, words.keyMissingFix);
  }
  if (location.protocol === 'https:' && host.startsWith('http:') && !isSelf(host)) {
    add('error', words.mixed(new URL(host).host), words.mixedFix);
  }
  if (!elements.length) add('error', words.elementMissing, words.elementMissingFix);
  else add('good', words.elements(elements.length));
  const names = elements.map((element) => `${element.getAttribute('thread-id')} ${element.getAttribute('url')}`);
  if (new Set(names).size < names.length) add('warning', words.twice, words.twiceFix);
  const given = elements.flatMap((element) => [...element.attributes].map(({ value }) => value));
  const unfilled = given.find((value) => /\{\{|\{%|<\?|<%|\$\{/.test(value));
  if (unfilled) add('error', words.unfilled(unfilled), words.unfilledFix);
  const canonical = document.querySelector<HTMLLinkElement>('link[rel~="canonical"]')?.href;
  const elsewhere = canonical && new URL(canonical).origin;
  const isNamed = elements.some((element) => element.hasAttribute('thread-id') || element.hasAttribute('url'));
  if (elsewhere && elsewhere !== location.origin && !isNamed) {
    add('warning', words.canonical(elsewhere), words.canonicalFix);
  }
  if (site) await ask(site, elements[0], canonical);
  return found;

  /** As the element asks; what fails is told in the words that it has for it. */
  async function ask(asked: { host: string; key: string }, element: HTMLElement | undefined, page = location.href) {
    const id = element?.getAttribute('thread-id') ?? undefined;
    const url = element?.getAttribute('url') ?? page;
    const own = { host: element?.getAttribute('host') ?? asked.host, key: element?.getAttribute('site') ?? asked.key };
    const address = tools.door(own, 'thread', { id, url: id ? undefined : new URL(url, location.href).href });
    const options: RequestInit = { credentials: 'omit', cache: 'no-store' };
    const response = await fetch(address, options).catch(() => undefined);
    const body = await response?.json().catch(() => undefined);
    if (response?.ok) {
      const { thread, settings } = body as ThreadPage;
      add('good', words.answers(settings.name, thread.key, thread.comment_count));
    } else {
      const failure = Object.assign(new Error(), { problem: body, status: response?.status }) as Failure;
      const controller = new AbortController();
      const where = { site: own, load, signal: controller.signal } as unknown as Parameters<typeof tools.explain>[2];
      const { text, repair } = await tools.explain(failure, speech, where, true);
      add('error', text, repair);
    }
    const date = Date.parse(response?.headers.get('Date') ?? '');
    const ahead = Math.round((Date.now() - date) / 1000);
    if (Math.abs(ahead) > NEAR) add('warning', words.clock(ahead), words.clockFix);
  }
}

/** Browsers let a page of any kind ask the device that it is shown on. */
function isSelf(host: string): boolean {
  const { hostname } = new URL(host);
  return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';
}

function minutes(seconds: number): number {
  return Math.round(Math.abs(seconds) / 60);
}
