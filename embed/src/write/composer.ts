/** The form for a comment or a reply. */

import type { Failure } from '../client';
import type { More } from '../more/more';
import type { PostedComment, Problem } from '../wire';
import { button, el, fill, plural, set, showServerHtml } from './core';
import type { Desk } from './desk';
import type { KeptAuthor } from './store';

export interface ComposerOptions {
  /** Where the store keeps this form's draft. */
  place: string;
  /** The comment that is answered. */
  parent?: string;
  /** Given for replies: they can be closed. */
  cancel?: () => void;
}

const PAUSE_BEFORE_KEEPING = 300;

let made = 0;
const uniqueId = () => `p${(made += 1)}`;

/** Makes a form that has nothing but a text box complete. The box stays where it is, with what is being typed. */
export function compose(desk: Desk, form: HTMLFormElement, text: HTMLTextAreaElement, options: ComposerOptions): void {
  const { talk, store } = desk;
  const { speech, page } = talk;
  const { words, locale } = speech;
  const { settings } = page;
  const { place, parent, cancel } = options;
  const { signal } = talk.options;
  const editor = form.querySelector<HTMLElement>('.editor')!;
  const known = store.author();
  form.noValidate = true;

  // Tabs
  const preview = el('div', { part: 'preview body', dir: 'auto', 'aria-live': 'polite' });
  const panels = [text.parentElement!, el('div', { hidden: true }, preview)];
  const tabs = [words.write, words.preview].map((label, index) => {
    const [id, panelId] = [uniqueId(), uniqueId()];
    const tab = button(label, 'plain tab', () => turn(index));
    set(tab, { role: 'tab', id, 'aria-controls': panelId });
    set(panels[index]!, { role: 'tabpanel', id: panelId, 'aria-labelledby': id });
    return tab;
  });
  const tablist = el('div', { role: 'tablist' }, ...tabs);
  tablist.onkeydown = ({ key }) => {
    if (!key.startsWith('Arrow')) return;
    const other = tabs[0]!.tabIndex ? 0 : 1;
    turn(other);
    tabs[other]!.focus();
  };

  /** Filled when the form is first used. */
  const tools = el('div', { class: 'tools' });

  // Fields
  const counter = el('p', { class: 'quiet counter' });
  const complaints = new Map<string, [HTMLElement, (message: string) => void]>();
  const fields = el('div', { class: 'fields late' });
  const author = {
    name: field('name', 'text', words.name, settings.require_name),
    email: field('email', 'email', words.email, settings.require_email, words.emailHint),
    website: field('website', 'url', words.website, false),
  };
  const who = el('p', { class: 'quiet' });
  /** What its author wants to be told by mail: filled once there is an address. */
  const wishes = el('div', { class: 'late' });
  const wish: More['wish'] = {};
  const offer = () => {
    const { email } = author;
    if (settings.follow && email.value) void desk.more('wishes', { from: wishes, email, wish });
  };
  author.email.addEventListener('input', offer, { once: true });
  const remember = box(words.remember);
  remember.checked = !!store.read().author;
  const consent = settings.consent ? box(settings.consent) : undefined;
  const trouble = el('p', { part: 'error', role: 'alert' });
  const submit = el('button', { part: 'button primary' }, words.post);
  complainFor('/text', text, editor);
  if (consent) complainFor('', consent, consent.parentElement!);

  editor.prepend(el('div', { class: 'bar late' }, tablist, tools));
  editor.append(panels[1]!, counter);
  editor.after(
    el('div', { class: 'late' }, who),
    fields,
    wishes,
    el('div', { class: 'late' }, remember.parentElement, consent?.parentElement),
    trouble,
    el('div', { class: 'actions late' }, submit, cancel && button(words.cancel, 'plain', cancel)),
    settings.moderation === 'all' ? el('p', { part: 'notice', class: 'notice late' }, words.moderated) : '',
  );

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
  form.addEventListener('focusin', open);
  form.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, isComposing } = event;
    if (isComposing) return;
    if (key === 'Escape' && cancel) cancel();
    else if (key === 'Enter' && (ctrlKey || metaKey)) void send();
    else return;
    event.preventDefault();
  });
  form.onsubmit = (event) => {
    event.preventDefault();
    void send();
  };
  identify();
  form.addEventListener('focusin', identify);
  turn(0);
  // Something may have been typed before this file came.
  onInput();
  if (text.value || cancel || form.matches(':focus-within')) open();

  function open(): void {
    if (form.classList.contains('open')) return;
    form.classList.add('open');
    void desk.more('tools', { from: tools, text });
    offer();
    // So that the words for a lost connection are there before it is lost.
    talk.options.load('trouble.js').catch(() => undefined);
  }

  /** Where the site says who reads, nobody is asked. */
  function identify(): void {
    const word = desk.identity;
    const hidden = !!word || settings.sign_in === 'required';
    fields.hidden = remember.parentElement!.hidden = hidden;
    who.textContent = word ? fill(words.signedInAs, { name: nameIn(word) }) : hidden ? words.signInFirst : '';
  }

  function turn(chosen: number): void {
    tabs.forEach((tab, index) => {
      set(tab, { 'aria-selected': `${index === chosen}` });
      tab.tabIndex = index === chosen ? 0 : -1;
      panels[index]!.hidden = index !== chosen;
    });
    tools.hidden = !!chosen;
    if (chosen) void render();
  }

  async function render(): Promise<void> {
    const { value } = text;
    preview.textContent = value.trim() ? '…' : words.nothingToPreview;
    if (!value.trim()) return;
    try {
      const { html } = await desk.ask<{ html: string }>('POST', 'preview', { text: value });
      // The text may have gone on while the server rendered an older one.
      if (value === text.value) showServerHtml(preview, html);
    } catch (failure) {
      await desk.blame(preview, failure as Failure);
    }
  }

  function field(
    name: keyof KeptAuthor,
    type: string,
    label: string,
    required: boolean,
    hint?: string,
  ): HTMLInputElement {
    const input = el('input', { part: 'input', name, inputmode: type, autocomplete: type === 'text' ? name : type });
    input.value = known?.[name] ?? '';
    input.required = required;
    const hints = [!required && words.optional, hint].filter(Boolean).join(', ');
    const caption = el(
      'label',
      { class: 'field' },
      label,
      hints && el('span', { class: 'quiet' }, ` · ${hints}`),
      input,
    );
    fields.append(el('div', {}, caption));
    complainFor(`/author/${name}`, input, caption);
    return input;
  }

  function box(label: string): HTMLInputElement {
    const input = el('input', { type: 'checkbox' });
    el('label', { class: 'box' }, input, label);
    return input;
  }

  /** Ties a message to an input for eye and ear alike; an empty message clears it. */
  function complainFor(pointer: string, input: HTMLElement, before: HTMLElement): void {
    const complaint = el('p', { part: 'error', id: uniqueId() });
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
    if (first === text) turn(0);
    first?.focus();
    return found.length > 0;
  }

  /** Silent until the end is near: a number that always moves distracts. */
  function count(): void {
    const left = settings.max_text_length - length(text.value);
    const forms = left < 0 ? words.charactersOver : words.charactersLeft;
    counter.textContent = left <= 200 ? plural(forms, Math.abs(left), locale) : '';
    counter.classList.toggle('error', left < 0);
  }

  async function send(): Promise<void> {
    if (submit.hasAttribute('aria-busy')) return;
    const { name, email, website } = author;
    const word = desk.identity;
    const least = Math.max(1, settings.min_text_length);
    trouble.textContent = '';
    if (
      complain([
        ['/text', length(text.value.trim()) < least && plural(words.textTooShort, least, locale)],
        ['/author/name', !fields.hidden && name.required && !name.value.trim() && words.nameRequired],
        ['/author/email', !fields.hidden && email.required && !email.value.trim() && words.emailRequired],
        ['/identity', !word && settings.sign_in === 'required' && words.signInFirst],
        ['', consent && !consent.checked && words.consentRequired],
      ])
    ) {
      return;
    }
    const said = {
      name: name.value.trim(),
      email: email.value.trim(),
      website: website.value.trim().replace(/^(?!$|\w+:)/, 'https://'),
    };
    const body = {
      thread: clean(desk.name),
      parent_id: parent,
      text: text.value,
      author: word ? undefined : clean(said),
      identity: word,
      ...wish.read?.(),
    };
    // The button keeps its focus, which `disabled` would take away.
    set(submit, { 'aria-busy': 'true', 'aria-disabled': 'true' });
    submit.textContent = words.posting;
    // What would be typed now would be lost with what was sent.
    text.readOnly = true;
    try {
      const headers = { 'Idempotency-Key': keyFor(JSON.stringify(body)) };
      const posted = await (desk.posting = desk.ask<PostedComment>('POST', 'comments', body, headers));
      keeping = 0;
      attempt = undefined;
      store.keepDraft(place, '');
      if (!word) store.keepAuthor(said, remember.checked);
      text.value = '';
      turn(0);
      count();
      cancel?.();
      desk.posted(posted);
    } catch (failure) {
      const { problem } = failure as Failure;
      if (problem?.code === 'idempotency_conflict') attempt = undefined;
      await desk.blame(trouble, failure as Failure);
      markFaults(problem);
    }
    text.readOnly = false;
    set(submit, { 'aria-busy': false, 'aria-disabled': false });
    submit.textContent = words.post;
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
    const texts: Record<string, string> = fields;
    const bad: Record<string, string> = { '/author/email': emailInvalid, '/author/website': websiteInvalid };
    complain(
      errors.map(({ pointer, code }) => [
        pointer,
        (code === 'invalid' && bad[pointer]) || (texts[code] ?? texts['invalid']),
      ]),
    );
  }
}

/** What the site calls its reader, as its word (a JWT) has it; nobody trusts it here. */
function nameIn(word: string): string {
  try {
    const bytes = atob(word.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'));
    const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
    return `${claims.name}`;
  } catch {
    return '?';
  }
}

/** Characters as the server counts them: code points, not UTF-16 units. */
export function length(text: string): number {
  return [...text].length;
}

/** crypto.randomUUID is missing on pages served over plain http. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-');
}

/** Without what says nothing. */
export function clean(texts: object): object | undefined {
  const said = Object.entries(texts).filter(([, text]) => text);
  return said.length ? Object.fromEntries(said) : undefined;
}
