/** The form for a comment or a reply. */

import type { Failure } from '../../client';
import type { Comment, PostedComment, Problem } from '../../wire';
import { clean, length, randomKey } from '../../write/composer';
import type { Desk } from '../../write/desk';
import type { Equipment } from '../embed';
import type { Message } from '../say';
import type { Thread } from '../thread';
import * as memory from './memory';

export interface PostboxOptions {
  /** Where the store keeps this form's draft. */
  place: string;
  /** The comment that is answered, its number, and what closes the form. */
  parent?: Comment;
  number?: number;
  cancel?: () => void;
}

const PAUSE_BEFORE_KEEPING = 300;

/**
 * Completes the form that stands over the comments, with what is already typed into it; with a `parent`, makes another.
 * Resolves to the box.
 */
export function postbox(desk: Desk, talk: Thread, equipment: Equipment, options: PostboxOptions): HTMLElement {
  const { el, set, fill, plural } = equipment;
  const { store } = desk;
  const { speech } = talk;
  const { words, locale } = speech;
  const { settings } = talk.page;
  const { place, parent, number, cancel } = options;
  const { signal } = talk.options;
  const ending = number ? `-${number}` : '';
  const name = parent && (parent.author.name ?? speech.say('comment-anonymous'));
  const text =
    parent ?
      el('textarea', {
        class: 'isso-textarea',
        rows: 5,
        dir: 'auto',
        'aria-label': fill(words.replyLabel, { name }),
        placeholder: speech.say('postbox-text'),
      })
    : talk.text;
  const form =
    parent ?
      el('form', { class: 'isso-form-wrapper' }, el('div', { class: 'isso-textarea-wrapper' }, text))
    : talk.form;
  const box = parent ? el('div', { class: 'isso-postbox' }, form) : talk.postbox;
  form.noValidate = true;

  const shown = el('div', { class: 'isso-text', dir: 'auto', 'aria-live': 'polite' });
  const preview = el(
    'div',
    { class: 'isso-preview' },
    el('div', { class: 'isso-comment' }, el('div', { class: 'isso-text-wrapper' }, shown)),
  );
  const trouble = el('p', { class: 'isso-error', role: 'alert' });
  const counter = el('p', { class: 'isso-counter' });
  const complaints = new Map<string, [HTMLElement, (message: string) => void]>();
  const author = {
    name: field('author', 'text', 'name', settings.require_name),
    email: field('email', 'email', 'email', settings.require_email, words.emailHint),
    website: field('website', 'text', 'url', false),
  };
  const submit = el('input', { type: 'submit', value: speech.say('postbox-submit') });
  const look = el('input', { type: 'button', name: 'preview', value: speech.say('postbox-preview') });
  const back = el('input', { type: 'button', name: 'edit', value: speech.say('postbox-edit') });
  const consent = settings.consent ? el('input', { type: 'checkbox', name: 'consent' }) : undefined;
  const auth = el('div', { class: 'isso-auth-section' });
  for (const { parentElement } of Object.values(author)) auth.append(parentElement!);
  for (const button of [submit, look, back]) auth.append(el('p', { class: 'isso-post-action' }, button));
  text.after(preview);
  const agreement = consent && el('label', {}, consent, ' ', el('bdi', {}, settings.consent));
  form.append(
    counter,
    ...(agreement ? [el('div', { class: 'isso-consent-section' }, agreement)] : []),
    auth,
    trouble,
    settings.notice ? el('p', { class: 'isso-notice', dir: 'auto' }, settings.notice) : '',
    settings.moderation === 'all' ? el('p', { class: 'isso-notice' }, words.moderated) : '',
  );
  complainFor('/text', text, text.parentElement!);
  if (consent) complainFor('', consent, agreement!);

  const draft = store.draft(place);
  if (draft && !text.value) {
    text.value = draft;
    desk.say(words.draftKept);
  }
  let keeping = 0;
  /** What was last sent, and its idempotency key. */
  let attempt: [string, string] | undefined;
  const keep = () => {
    clearTimeout(keeping);
    if (keeping) store.keepDraft(place, text.value);
    keeping = 0;
  };
  const onInput = () => {
    clearTimeout(keeping);
    keeping = setTimeout(keep, PAUSE_BEFORE_KEEPING) as unknown as number;
    count();
  };
  text.addEventListener('input', onInput);
  addEventListener('pagehide', keep, { signal });
  signal.addEventListener('abort', keep);
  form.addEventListener('focusin', () => void talk.options.load('trouble.js').catch(() => undefined), { once: true });
  form.onkeydown = (event) => {
    const { key, ctrlKey, metaKey, isComposing } = event;
    if (isComposing) return;
    if (key === 'Escape' && cancel) cancel();
    else if (key === 'Enter' && (ctrlKey || metaKey)) void send();
    else return;
    event.preventDefault();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    void send();
  };
  look.onclick = () => turn(true);
  back.onclick = () => turn(false);
  // Something may have been typed before this file came.
  onInput();
  return box;

  function field(
    message: 'author' | 'email' | 'website',
    type: string,
    autocomplete: string,
    required: boolean,
    hint = '',
  ): HTMLInputElement {
    const id = `isso-postbox-${message}${ending}`;
    const title = `postbox-${message}` as Message;
    const own = speech.own(title);
    // A page's own label says "(optional)" itself, and must not where the site asks for it.
    const label =
      own === undefined ?
        `${speech.say(title)}${required ? '' : ` (${words.optional})`}`
      : own.replace(required ? / \(.*\)/ : '', '');
    const input = el('input', {
      id,
      type,
      name: message,
      autocomplete,
      placeholder: speech.own(`${title}-placeholder`),
      title: hint || undefined,
    });
    input.value = memory.recall(message);
    input.required = required;
    el('p', { class: 'isso-input-wrapper' }, el('label', { for: id }, label), input);
    complainFor(`/author/${message === 'author' ? 'name' : message}`, input, input);
    return input;
  }

  /** Ties a message to an input for eye and ear alike; an empty message clears it. */
  function complainFor(pointer: string, input: HTMLElement, before: HTMLElement): void {
    const complaint = el('span', { class: 'isso-error', id: `isso-error${pointer.replace(/\//g, '-')}${ending}` });
    const say = (message: string) => {
      complaint.textContent = message;
      if (message) before.after(complaint);
      else complaint.remove();
      set(input, { 'aria-invalid': message ? 'true' : false, 'aria-describedby': message ? complaint.id : false });
    };
    input.addEventListener('input', () => say(''));
    complaints.set(pointer, [input, say]);
  }

  /** Shows complaints where they belong and goes to the first; says whether there are any. */
  function complain(list: [pointer: string, message: string | false | undefined][]): boolean {
    const found = list.filter(([, message]) => message);
    for (const [pointer, message] of found) {
      const [, say] = complaints.get(pointer) ?? [];
      // What belongs to no field of this form, such as the thread or the parent, is said below it.
      if (say) say(message as string);
      else trouble.textContent = message as string;
    }
    const [first] = complaints.get(found[0]?.[0] as string) ?? [];
    if (first === text) turn(false);
    first?.focus();
    return found.length > 0;
  }

  function turn(on: boolean): void {
    if (box.classList.contains('isso-preview-mode') === on) return;
    const focused = document.activeElement;
    box.classList.toggle('isso-preview-mode', on);
    shown.textContent = '';
    if (on) {
      if (focused === look) back.focus();
      void render();
    } else text.focus();
  }

  async function render(): Promise<void> {
    const { value } = text;
    shown.textContent = value.trim() ? '…' : words.nothingToPreview;
    if (!value.trim()) return;
    try {
      const { html } = await desk.ask<{ html: string }>('POST', 'preview', { text: value });
      // The text may have gone on while the server rendered an older one.
      if (value === text.value) equipment.showServerHtml(shown, html);
    } catch (failure) {
      await desk.blame(shown, failure as Failure);
    }
  }

  /** Silent until the end is near: a number that always moves distracts. */
  function count(): void {
    const left = settings.max_text_length - length(text.value);
    const forms = left < 0 ? words.charactersOver : words.charactersLeft;
    counter.textContent = left <= 200 ? plural(forms, Math.abs(left), locale) : '';
    counter.classList.toggle('isso-error', left < 0);
  }

  async function send(): Promise<void> {
    if (submit.hasAttribute('aria-busy')) return;
    const { name, email, website } = author;
    const least = Math.max(1, settings.min_text_length);
    trouble.textContent = '';
    turn(false);
    if (
      complain([
        ['/text', length(text.value.trim()) < least && plural(words.textTooShort, least, locale)],
        ['/author/name', name.required && !name.value.trim() && words.nameRequired],
        ['/author/email', email.required && !email.value.trim() && words.emailRequired],
        ['', consent && !consent.checked && words.consentRequired],
      ])
    ) {
      return;
    }
    const who = {
      name: name.value.trim(),
      email: email.value.trim(),
      website: website.value.trim().replace(/^(?!$|\w+:)/, 'https://'),
    };
    const body = { thread: clean(desk.name), parent_id: parent?.id, text: text.value, author: clean(who) };
    // The button keeps its focus, which `disabled` would take away.
    set(submit, { 'aria-busy': 'true', 'aria-disabled': 'true', value: words.posting });
    try {
      const headers = { 'Idempotency-Key': keyFor(JSON.stringify(body)) };
      const posted = await (desk.posting = desk.ask<PostedComment>('POST', 'comments', body, headers));
      clearTimeout(keeping);
      keeping = 0;
      attempt = undefined;
      store.keepDraft(place, '');
      memory.keep({ author: who.name, email: who.email, website: website.value.trim() });
      text.value = '';
      count();
      cancel?.();
      desk.posted(posted);
    } catch (failure) {
      const { problem } = failure as Failure;
      if (problem?.code === 'idempotency_conflict') attempt = undefined;
      await desk.blame(trouble, failure as Failure);
      markFaults(problem);
    }
    set(submit, { 'aria-busy': false, 'aria-disabled': false, value: speech.say('postbox-submit') });
  }

  /** The same text sent again is the same comment, a changed one another. */
  function keyFor(body: string): string {
    if (attempt?.[0] !== body) attempt = [body, randomKey()];
    return attempt[1];
  }

  /** Puts the server's complaints on the fields they are about. */
  function markFaults({ errors = [] }: Partial<Problem> = {}): void {
    // Learned with the failure.
    const { fields, emailInvalid, websiteInvalid } = speech.words;
    const texts: Record<string, string> = fields ?? {};
    const bad: Record<string, string> = { '/author/email': emailInvalid, '/author/website': websiteInvalid };
    complain(
      errors.map(({ pointer, code }) => [
        pointer,
        (code === 'invalid' && bad[pointer]) || (texts[code] ?? texts['invalid']),
      ]),
    );
  }
}
