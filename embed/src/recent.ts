/** What `<parlour-recent>` shows: the comments that were written last, on whatever page of the site. */

import type { Failure } from './client';
import type { Room } from './element';
import type { Equipment } from './equipment';
import type { Options } from './thread';
import type { RecentComment } from './wire';

/** So much of a comment is shown, in characters. */
const EXCERPT = 160;

export default async function recent(room: Room, signal: AbortSignal, equipment: Equipment): Promise<void> {
  const { ask, direction, el, explain, relative, set, showServerHtml, speak, webUrl } = equipment;
  const { site, load } = room;
  const section = el('section', { part: 'thread' });
  room.root.replaceChildren(section);
  const wishes = [room.get('lang'), document.documentElement.lang, ...navigator.languages];
  const learning = speak(wishes, room, load);
  try {
    if (!site) throw new Error();
    const limit = Math.min(50, Math.max(1, Number(room.get('limit')) || 10));
    const { comments } = await ask<{ comments: RecentComment[] }>(site, 'recent', signal, { query: { limit } });
    const { words, locale } = await learning;
    if (signal.aborted) return;
    set(section, { lang: locale, dir: direction(locale), 'aria-label': words.title });
    const list = el('ol', { part: 'list', role: 'list' });
    for (const { html, author, number, created_at: at, thread } of comments) {
      const address = webUrl(thread.url);
      if (address) address.hash = `parlour-${number}`;
      const time = el('time', { datetime: at, part: 'time' }, relative(at, locale));
      list.append(
        el(
          'li',
          { class: 'item' },
          el(
            'header',
            { class: 'head' },
            el('span', { part: 'author', dir: 'auto' }, author.name ?? words.anonymous),
            el(address ? 'a' : 'span', { part: 'permalink', ...(address && { href: address.href }) }, time),
          ),
          el('p', { part: 'excerpt', dir: 'auto' }, excerpt(html, showServerHtml)),
          thread.title && el('p', { class: 'quiet', dir: 'auto' }, thread.title),
        ),
      );
    }
    section.replaceChildren(comments.length ? list : el('p', { part: 'empty' }, words.empty));
    const timer = setInterval(() => {
      for (const time of section.querySelectorAll('time')) time.textContent = relative(time.dateTime, locale);
    }, 60_000);
    signal.addEventListener('abort', () => clearInterval(timer));
  } catch (failure) {
    if (signal.aborted) return;
    const options = { site, load } as Options;
    const { text, repair = '' } = await explain(failure as Failure, await learning, options, true);
    section.replaceChildren(el('p', { part: 'error', role: 'alert' }, `${text} ${repair}`));
  }
}

/** The text of a comment without its markup, taken in a document that runs nothing and loads nothing. */
function excerpt(html: string, showServerHtml: Equipment['showServerHtml']): string {
  const { body } = document.implementation.createHTMLDocument();
  showServerHtml(body, html);
  for (const block of body.querySelectorAll('p, li, pre, blockquote, td')) block.append(' ');
  const text = body.textContent!.replace(/\s+/g, ' ').trim();
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT).replace(/\s\S*$/, '')}…` : text;
}
