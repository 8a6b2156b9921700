/** Entry of more.js: what is done to a comment less often. Loaded with its words when it is first wanted. */

import type { Card } from '../card';
import type { Failure } from '../client';
import type { Equipment } from '../equipment';
import type { ChangedComment, DeletedComment, OwnComment, ReportReason } from '../wire';
import type { Desk } from '../write/desk';
import { mark, type Tool } from './markdown';
import { ready } from './ready';

export { follow, wishes } from './follow';

/** What write.js calls on. */
export interface More {
  desk: Desk;
  equipment: Equipment;
  card: Card;
  /** The button that was pressed; for tools, where they go. */
  from: HTMLElement;
  /** Where to say what went wrong. */
  trouble: HTMLElement;
  /** The text box of the form. */
  text: HTMLTextAreaElement;
  /** Its mail address. */
  email: HTMLInputElement;
  /** Learns to read what its author wants to be told. */
  wish: { read?: () => object | undefined };
}

/** More buttons for a comment: quote, link, report. */
export async function menu(more: More): Promise<void> {
  const { desk, card, from } = more;
  const { el, set, button, words } = await ready(more);
  const known = card.foot.querySelector('.menu');
  set(from, { 'aria-expanded': `${!known}` });
  if (known) return known.remove();
  const { talk, store } = desk;
  const { thread, settings } = talk.page;
  const row = el('div', { class: 'menu' });
  const add = (label: string, act: () => unknown) => row.append(button(label, 'plain', () => void act()));
  if (thread.open && !thread.locked) add(words.quote, () => desk.answer(card, quoted(saidIn(card))));
  add(words.copyLink, async () => {
    const { href } = card.article.querySelector<HTMLAnchorElement>('.permalink')!;
    try {
      await navigator.clipboard.writeText(href);
      note(row, words.linkCopied);
    } catch {
      // Pages served over plain http have no clipboard; a field to copy from serves as well.
      const field = el('input', { part: 'input', readonly: true, 'aria-label': words.copyLink });
      field.value = href;
      row.append(field);
      field.select();
    }
  });
  const isOwn = !!store.token(card.comment.id);
  if (settings.reports && !isOwn) add(words.report, () => report(more));
  // Also when its time to be changed here is over.
  if (settings.mail && isOwn) add(words.mine, () => mine(more, card.slot, store.author()?.email));
  from.after(row);

  function note(place: HTMLElement, text: string): void {
    const message = el('span', { class: 'quiet' }, text);
    place.append(message);
    desk.say(text);
    setTimeout(() => message.remove(), 3_000);
  }
}

async function report(more: More): Promise<void> {
  const { desk, card, from } = more;
  const { el, button, words } = await ready(more);
  const { id } = card.comment;
  const reason = el('select', { part: 'input' });
  for (const [value, text] of Object.entries(words.reasons)) reason.append(new Option(text, value));
  const note = el('textarea', { part: 'textarea', rows: 2, maxlength: 500, dir: 'auto' });
  const trouble = el('p', { part: 'error', role: 'alert' });
  const close = () => {
    form.remove();
    from.focus();
  };
  const send = el('button', { part: 'button primary' }, words.reportSend);
  const form = el(
    'form',
    { part: 'composer', class: 'composer open' },
    el('label', { class: 'field' }, words.reportReason, reason),
    el('label', { class: 'field' }, words.reportNote, el('div', { part: 'editor' }, note)),
    trouble,
    el('div', { class: 'actions' }, send, button(words.cancel, 'plain', close)),
  );
  form.onkeydown = ({ key }) => {
    if (key === 'Escape') close();
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    const body = { reason: reason.value, ...(note.value.trim() && { note: note.value }) };
    try {
      await desk.askAs(await desk.reader(), 'POST', `comments/${id}/reports`, body);
      form.replaceChildren(el('p', { class: 'quiet', role: 'status' }, words.reported));
      from.focus();
      desk.talk.options.emit('reported', { id, reason: reason.value as ReportReason });
    } catch (failure) {
      await desk.blame(trouble, failure as Failure);
    }
  };
  card.slot.replaceChildren(form);
  reason.focus();
}

/** Asks where the link goes that shows a reader all he wrote on the site. */
async function mine(more: More, place: HTMLElement, known?: string): Promise<void> {
  const { desk, from } = more;
  const { el, button, words, speech } = await ready(more);
  const email = el('input', { part: 'input', name: 'email', inputmode: 'email', autocomplete: 'email' });
  email.value = known ?? '';
  const trouble = el('p', { part: 'error', role: 'alert' });
  const close = () => {
    form.remove();
    from.focus();
  };
  const form = el(
    'form',
    { part: 'composer', class: 'composer open' },
    el('label', { class: 'field' }, words.email, email),
    el('p', { class: 'quiet' }, words.mineHint),
    trouble,
    el(
      'div',
      { class: 'actions' },
      el('button', { part: 'button primary' }, words.mineSend),
      button(words.cancel, 'plain', close),
    ),
  );
  form.noValidate = true;
  form.onkeydown = ({ key }) => {
    if (key === 'Escape') close();
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    trouble.textContent = '';
    try {
      await desk.ask('POST', 'mine/links', { email: email.value, locale: speech.locale });
      form.replaceChildren(el('p', { class: 'quiet', role: 'status' }, words.mineSent));
      from.focus();
    } catch (failure) {
      // There is but one thing that can be wrong with it.
      if ((failure as Failure).problem?.errors) trouble.textContent = words.emailInvalid;
      else await desk.blame(trouble, failure as Failure);
    }
  };
  place.replaceChildren(form);
  email.focus();
}

/** The comment's source in a box of its own, in place of its text. */
export async function edit(more: More): Promise<void> {
  const { desk, card, trouble } = more;
  const { el, button, set, words } = await ready(more);
  const { talk, store, own } = desk;
  const { id } = card.comment;
  const kept = store.token(id)!;
  trouble.textContent = '';
  let source: OwnComment | undefined;
  try {
    source = (await desk.askAs<{ comments: OwnComment[] }>(kept.token, 'GET', 'mine')).comments[0];
  } catch (failure) {
    return desk.blame(trouble, failure as Failure);
  }
  const text = el('textarea', { part: 'textarea', rows: 5, dir: 'auto', 'aria-label': words.editLabel });
  text.value = source?.text ?? '';
  const problem = el('p', { part: 'error', role: 'alert' });
  const save = el('button', { part: 'button primary' }, words.save);
  const close = () => {
    form.remove();
    card.foot.querySelector('button')?.focus();
  };
  const form = el(
    'form',
    { part: 'composer', class: 'composer open' },
    el('div', { part: 'editor' }, text),
    problem,
    el('div', { class: 'actions' }, save, button(words.cancel, 'plain', close)),
  );
  form.onkeydown = (event) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    set(save, { 'aria-disabled': 'true' });
    save.textContent = words.saving;
    try {
      const request = desk.askAs<ChangedComment>(kept.token, 'PATCH', `comments/${id}`, { text: text.value });
      const { comment, thread, editable_until: until } = await (desk.posting = request);
      store.keepToken({ ...kept, until, settled: comment.state === 'published' });
      own.set(id, { ...card.comment, ...comment });
      close();
      desk.take(thread, comment);
      card.article.focus({ preventScroll: true });
      desk.say(comment.state === 'published' ? words.editPublished : words.editPending);
      talk.options.emit('edited', { comment, thread });
    } catch (failure) {
      await desk.blame(problem, failure as Failure);
    }
    set(save, { 'aria-disabled': false });
    save.textContent = words.save;
  };
  card.slot.replaceChildren(form);
  text.focus();
}

/** Deletes at once, since it can be undone. */
export async function remove(more: More): Promise<void> {
  const { desk, card, trouble } = more;
  const { el, button, words } = await ready(more);
  const { talk, store } = desk;
  const { comment } = card;
  const { token } = store.token(comment.id)!;
  trouble.textContent = '';
  // Before the request: those who follow the thread may be told sooner than it is answered.
  desk.deleted.add(comment.id);
  try {
    const path = `comments/${comment.id}`;
    const { thread, restorable_until: until } = await desk.askAs<DeletedComment>(token, 'DELETE', path);
    talk.options.emit('deleted', { id: comment.id, thread });
    const problem = el('p', { part: 'error', role: 'alert' });
    const undo = button(words.undo, 'secondary', async () => {
      try {
        const answer = await desk.askAs<ChangedComment>(token, 'POST', `${path}/restore`);
        desk.deleted.delete(comment.id);
        card.article.replaceChildren(...before);
        desk.take(answer.thread, answer.comment);
        card.article.focus({ preventScroll: true });
        desk.say(words.restored);
        talk.options.emit('restored', { comment: answer.comment, thread: answer.thread });
      } catch (failure) {
        await desk.blame(problem, failure as Failure);
      }
    });
    const before = [...card.article.childNodes];
    // It stays in its place until the page is left, so that nothing moves and the way back is where the way out was.
    card.article.replaceChildren(
      el('p', {}, el('span', { class: 'quiet' }, words.deleted), ' ', until && undo),
      problem,
    );
    if (until) undo.focus();
    desk.say(words.deleted);
    desk.take(thread);
  } catch (failure) {
    desk.deleted.delete(comment.id);
    await desk.blame(trouble, failure as Failure);
  }
}

/** Buttons over a text box that write Markdown, and one that explains what they write. */
export async function tools(more: More): Promise<void> {
  const { from: bar, text } = more;
  const { el, button, set, words } = await ready(more);
  if (bar.firstChild) return;
  set(bar, { role: 'group', 'aria-label': words.formatting });
  const list = el('dl', { class: 'help', hidden: true });
  for (const [tool, icon] of Object.entries(ICONS) as [Tool, string][]) {
    const each = button(icon, `plain tool ${tool}`, () => use(tool));
    set(each, { 'aria-label': words[tool], title: words[tool] });
    bar.append(each);
    list.append(el('dt', {}, words[tool]), el('dd', {}, el('code', {}, mark(tool, '', words.sample).text)));
  }
  const help = button('?', 'plain tool', () => {
    list.hidden = !list.hidden;
    set(help, { 'aria-expanded': `${!list.hidden}` });
  });
  set(help, { 'aria-label': words.help, title: words.help, 'aria-expanded': 'false' });
  bar.append(help);
  bar.parentElement!.after(list);
  offerMine();
  text.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey } = event;
    if (!(ctrlKey || metaKey) || !/^[bi]$/.test(key)) return;
    event.preventDefault();
    use(key === 'b' ? 'bold' : 'italic');
  });

  /** Below the form above the comments; a reply is not the place to look for it. */
  function offerMine(): void {
    const form = text.form!;
    const { talk } = more.desk;
    if (!talk.page.settings.mail || form.closest('article')) return;
    const place = el('div', {});
    const open = button(words.mine, 'plain', () => {
      const known = form.querySelector<HTMLInputElement>('[name=email]')?.value;
      if (place.firstChild) place.replaceChildren();
      else void mine({ ...more, from: open }, place, known);
    });
    form.after(open, place);
  }

  function use(tool: Tool): void {
    const { selectionStart: start, selectionEnd: end, value } = text;
    const { text: marked, from, to } = mark(tool, value.slice(start, end), words.sample);
    text.focus();
    // Unlike setRangeText, it can be undone by the reader.
    if (!document.execCommand('insertText', false, marked)) text.setRangeText(marked);
    text.setSelectionRange(start + from, start + to);
  }
}

const ICONS: Record<Tool, string> = { bold: 'B', italic: 'I', link: '↗', quotation: '❝', code: '<>', list: '•' };

/** What the reader selected of a comment, else all of it. */
function saidIn({ body }: Card): string {
  const selection = getSelection();
  const chosen = selection?.containsNode(body, true) ? `${selection}` : '';
  return chosen.trim() || body.innerText;
}

/** Somebody's words, to be answered below. */
export function quoted(text: string): string {
  return `${text
    .trim()
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^/gm, '> ')}\n\n`;
}
