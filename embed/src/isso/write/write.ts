/** Entry of parts/write.js: gives a conversation that can be read what belongs to writing, voting and following. */

import type { Card } from '../../card';
import type { Equipment as Lent } from '../../equipment';
import { equip } from '../../write/core';
import { desk as newDesk } from '../../write/desk';
import { live } from '../../write/live';
import { showOwn, withOwn } from '../../write/own';
import type { Equipment } from '../embed';
import type { Thread } from '../thread';
import { dress } from './footer';
import { postbox } from './postbox';

export default function write(talk: Thread, equipment: Equipment): void {
  // Those of the parts of the other client that serve here take what they are lent under the same names.
  const { el, set } = equipment;
  const button = (label: string, _look: string, onClick: () => void) => {
    const element = el('button', { type: 'button', class: 'isso-news-button' }, label);
    element.onclick = onClick;
    return element;
  };
  const lent = { ...equipment, button } as unknown as Lent;
  equip(lent);
  const { options, speech, note, page, kept } = talk;
  const { words } = speech;
  const { section, name, site } = options;
  const status = el('p', { class: 'isso-unseen', role: 'status' });
  const desk = newDesk(talk, status, lent);
  section.append(status);

  const forms = new Map<string, HTMLElement>();
  desk.answer = (card: Card) => {
    const { id, number } = card.comment;
    let form = forms.get(id);
    const close = () => {
      form!.remove();
      dress(desk, talk, equipment, card);
      card.foot.querySelector<HTMLElement>('.isso-reply')?.focus();
    };
    if (form?.isConnected) return close();
    if (!form) {
      form = postbox(desk, talk, equipment, { place: `${name.id}#${id}`, parent: card.comment, number, cancel: close });
      forms.set(id, form);
    }
    card.foot.after(form);
    dress(desk, talk, equipment, card);
    form.querySelector('textarea')!.focus();
  };
  postbox(desk, talk, equipment, { place: name.id! });

  // What was drawn before this came, and what will be
  talk.mix = (comments) => {
    for (const id of desk.own.keys()) kept.add(id);
    return withOwn(comments, desk.own.values(), options.sort!);
  };
  talk.dress = (card) => dress(desk, talk, equipment, card);
  const draw = talk.draw;
  talk.draw = () => {
    // A row of links that is drawn anew keeps the focus it had.
    const { activeElement } = document;
    const foot = activeElement?.closest('.isso-comment-footer');
    const at = [...(foot?.children ?? [])].indexOf(activeElement!);
    draw();
    refine();
    if (foot?.isConnected && !foot.contains(document.activeElement))
      (foot.children[at] as HTMLElement | undefined)?.focus();
  };
  let allowed = '';
  refine();

  function refine(): void {
    const { locked, open, closed_by: by } = talk.page.thread;
    // What can be done with comments hangs on the thread too.
    if (allowed !== `${open} ${locked}`) for (const card of talk.cards.values()) talk.dress(card);
    allowed = `${open} ${locked}`;
    // A site that may only be read locks all its threads.
    if (by === 'site') note.textContent = words.closedBySite;
    else if (locked) note.textContent = words.locked;
    else if (by === 'age') note.textContent = words.closedByAge;
  }

  void showOwn(desk, () => options.sort ?? page.settings.sort);
  live(
    desk,
    // What happens between reading and listening is told, too.
    (path) => equipment.door(site!, path, { ...name, version: talk.page.thread.version }),
    () => equipment.readThread(talk, { sort: 'newest' }),
  );
  // The bar that tells of new comments, under a name of this client's.
  set(section.lastElementChild!, { part: false, class: 'isso-news' });
}
