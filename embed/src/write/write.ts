/** Entry of write.js: gives a thread that can be read what belongs to writing, voting and following. */

import type { Conversation } from '../conversation';
import type { Equipment } from '../equipment';
import type { Card } from '../card';
import type { Failure } from '../client';
import type { Sort } from '../wire';
import { compose } from './composer';
import { button, el, equip, fill, set, webUrl } from './core';
import { desk as newDesk } from './desk';
import { dress } from './feet';
import { live } from './live';
import { showOwn, withOwn } from './own';
import { reactions } from './reactions';
import css from './writing.css';

let sheet: CSSStyleSheet | undefined;

export default function write(talk: Conversation, equipment: Equipment): void {
  equip(equipment);
  const { options, speech, page, form, text, note, head } = talk;
  const { section, name, host } = options;
  const { words } = speech;
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
  const { adoptedStyleSheets } = host.shadowRoot!;
  if (!adoptedStyleSheets.includes(sheet)) host.shadowRoot!.adoptedStyleSheets = [...adoptedStyleSheets, sheet];

  const status = el('p', { class: 'unseen', role: 'status' });
  const desk = newDesk(talk, status, equipment);
  const key = JSON.stringify(name.id ? { id: name.id } : { url: name.url });
  let sort: Sort = options.sort ?? page.settings.sort;
  /** Where the comment is that the page's address names, when it was taken to another page. */
  const elsewhere = el('p', { part: 'notice' });
  note.before(elsewhere);
  section.append(status);

  // The order
  const trouble = el('p', { part: 'error', role: 'alert' });
  const order = el('select', { part: 'sort', 'aria-label': words.sort });
  for (const each of ['oldest', 'newest', 'best', 'discussed'] as const) {
    order.append(new Option(words[each], each, false, each === sort));
  }
  order.onchange = async () => {
    trouble.textContent = '';
    const before = sort;
    options.sort = sort = order.value as Sort;
    try {
      await talk.turn({});
    } catch (failure) {
      options.sort = sort = order.value = before;
      await desk.blame(trouble, failure as Failure);
    }
  };
  head.append(order, trouble);

  // For those who do not write
  const lost = el('p', { part: 'error', role: 'alert' });
  const follow = button(words.follow, 'plain', () => void desk.more('follow', { from: follow, trouble: lost }));
  set(follow, { 'aria-expanded': 'false' });
  section.append(el('div', {}, follow, lost));

  // Forms
  const forms = new Map<string, HTMLFormElement>();
  desk.answer = (card: Card, quote = '') => {
    const { id, author } = card.comment;
    let each = forms.get(id);
    const close = () => {
      each!.remove();
      card.foot.querySelector('button')?.focus();
    };
    if (!each) {
      const label = fill(words.replyLabel, { name: author.name ?? words.anonymous });
      const box = el('textarea', { part: 'textarea', rows: 3, dir: 'auto', 'aria-label': label, placeholder: label });
      each = el('form', { part: 'composer' }, el('div', { part: 'editor' }, el('div', {}, box)));
      compose(desk, each, box, { place: `${key}#${id}`, parent: id, cancel: close });
      forms.set(id, each);
    } else if (each.isConnected && !quote) return close();
    card.slot.append(each);
    const box = each.querySelector('textarea')!;
    box.focus();
    if (quote) box.setRangeText(quote, box.selectionStart, box.selectionEnd, 'end');
  };
  compose(desk, form, text, { place: key });

  // What was drawn before this came, and what will be
  talk.mix = (comments) => withOwn(comments, desk.own.values(), sort);
  talk.dress = (card) => dress(desk, card);
  const react = reactions(desk);
  const draw = talk.draw;
  talk.draw = () => {
    // A row of buttons that is drawn anew keeps the focus it had.
    const { activeElement } = host.shadowRoot!;
    const foot = activeElement?.closest('.foot');
    const at = [...(foot?.children ?? [])].indexOf(activeElement!);
    draw();
    refine();
    if (foot?.isConnected) (foot.children[at] as HTMLElement | undefined)?.focus();
  };
  let allowed = '';
  refine();
  // Before an answer about the new address comes.
  const onHash = () => {
    talk.page = { ...talk.page, moved: undefined };
    refine();
  };
  addEventListener('hashchange', onHash, { signal: options.signal });

  function refine(): void {
    const { locked, open, closed_by: by } = talk.page.thread;
    // What can be done with comments hangs on the thread too.
    if (allowed !== `${open} ${locked}`) for (const card of talk.cards.values()) dress(desk, card);
    allowed = `${open} ${locked}`;
    // A site that may only be read locks all its threads.
    if (by === 'site') note.textContent = words.closedBySite;
    else if (locked) note.textContent = words.locked;
    else if (by === 'age') note.textContent = words.closedByAge;
    order.hidden = talk.cards.size < 2;
    follow.hidden = !page.settings.follow || !talk.page.thread.id || locked;
    const address = webUrl(talk.page.moved?.url);
    if (address) address.hash = location.hash;
    elsewhere.replaceChildren(address ? el('a', { href: address.href }, address.href) : '');
    react();
  }

  void showOwn(desk, () => sort);
  live(
    desk,
    (path) => {
      // What happens between reading and listening is told, too.
      const { version } = talk.page.thread;
      return equipment.door(options.site!, path, { ...(name.id ? { id: name.id } : { url: name.url }), version });
    },
    () => equipment.readThread(options, { sort: 'newest' }),
  );
}
