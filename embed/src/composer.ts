/** The form for a comment or a reply. */

import { Attempt } from './attempt';
import { Failure } from './client';
import { button, el } from './dom';
import { Editor, length } from './editor';
import { explain } from './explain';
import { Field } from './field';
import { plural, type Speech } from './speech';
import type { Store } from './store';
import { websiteFrom } from './website';
import type { NewComment, Problem, SiteView } from './wire';

export type Draft = Pick<NewComment, 'text' | 'author'>;

export interface ComposerOptions {
  speech: Speech;
  settings: SiteView;
  store: Store;
  /** Where the store keeps this composer's draft. */
  place: string;
  /** What the text box is for. */
  label: string;
  /** Ends timers and requests with the thread. */
  signal: AbortSignal;
  preview(text: string): Promise<string>;
  /** Resolves when the comment is posted; rejects with a Failure. */
  post(draft: Draft, idempotencyKey: string): Promise<void>;
  /** Given for replies: they can be closed. */
  cancel?: () => void;
}

const PAUSE_BEFORE_KEEPING = 300;

export class Composer {
  readonly element: HTMLFormElement;
  readonly #options: ComposerOptions;
  readonly #editor: Editor;
  readonly #name: Field;
  readonly #email: Field;
  readonly #website: Field;
  readonly #remember = el('input', { type: 'checkbox' });
  readonly #trouble = el('p', { class: 'trouble', part: 'error', role: 'alert' });
  readonly #submit: HTMLButtonElement;
  readonly #attempt = new Attempt();
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #busy = false;

  constructor(options: ComposerOptions) {
    this.#options = options;
    const { speech, settings, store, place } = options;
    const { words } = speech;
    const author = store.author();
    this.#editor = new Editor({
      speech,
      label: options.label,
      placeholder: options.cancel ? options.label : words.placeholder,
      value: store.draft(place),
      maxLength: settings.max_text_length,
      preview: options.preview,
    });
    this.#name = new Field({
      label: words.name,
      hint: settings.require_name ? '' : words.optional,
      required: settings.require_name,
      value: author?.name ?? '',
      attributes: { type: 'text', name: 'name', autocomplete: 'name', dir: 'auto' },
    });
    this.#email = new Field({
      label: words.email,
      hint: settings.require_email ? words.emailHint : `${words.optional}, ${words.emailHint}`,
      required: settings.require_email,
      value: author?.email ?? '',
      attributes: { type: 'text', name: 'email', autocomplete: 'email', inputmode: 'email', autocapitalize: 'none' },
    });
    this.#website = new Field({
      label: words.website,
      hint: words.optional,
      required: false,
      value: author?.website ?? '',
      attributes: { type: 'text', name: 'website', autocomplete: 'url', inputmode: 'url', autocapitalize: 'none' },
    });
    this.#remember.checked = store.remembersAuthor();
    this.#submit = el('button', { type: 'submit', class: 'primary', part: 'button primary' }, words.post);
    this.element = this.#form();
    this.#listen();
  }

  focus(): void {
    this.#editor.focus();
  }

  #form(): HTMLFormElement {
    const { settings, speech, cancel } = this.#options;
    const { words } = speech;
    const fields = el('div', { class: 'fields' }, this.#name.element, this.#email.element, this.#website.element);
    const actions = el(
      'div',
      { class: 'actions' },
      el('label', { class: 'remember' }, this.#remember, words.remember),
      cancel && button(words.cancel, 'plain', cancel),
      this.#submit,
    );
    const moderated = settings.moderation === 'all' ? el('p', { class: 'quiet small' }, words.moderated) : undefined;
    return el(
      'form',
      { class: 'composer', part: 'composer', novalidate: true },
      this.#editor.element,
      fields,
      actions,
      this.#trouble,
      moderated,
    );
  }

  #listen(): void {
    const { signal, cancel } = this.#options;
    this.element.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.element.requestSubmit();
      else if (event.key === 'Escape' && cancel) cancel();
      else return;
      event.preventDefault();
    });
    this.#editor.textarea.addEventListener('input', () => {
      clearTimeout(this.#keeping);
      this.#keeping = setTimeout(() => this.#keepDraft(), PAUSE_BEFORE_KEEPING);
    });
    window.addEventListener('pagehide', () => this.#keepDraft(), { signal });
    signal.addEventListener('abort', () => this.#keepDraft(), { once: true });
  }

  #keepDraft(): void {
    if (this.#keeping === undefined) return;
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    this.#options.store.keepDraft(this.#options.place, this.#editor.value);
  }

  async #send(): Promise<void> {
    if (this.#busy) return;
    this.#trouble.textContent = '';
    if (!this.#check()) return;
    const draft = this.#draft();
    this.#setBusy(true);
    try {
      await this.#options.post(draft, this.#attempt.keyFor(JSON.stringify(draft)));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.#fail(error);
      return;
    } finally {
      this.#setBusy(false);
    }
    this.#attempt.finish();
    this.#clear();
  }

  #draft(): Draft {
    const website = websiteFrom(this.#website.value);
    const author = {
      ...(this.#name.value && { name: this.#name.value }),
      ...(this.#email.value && { email: this.#email.value }),
      ...(website && { website }),
    };
    return { text: this.#editor.value, ...(Object.keys(author).length > 0 && { author }) };
  }

  /** Spares a round trip for what is plain to see; the server checks everything again. */
  #check(): boolean {
    const { settings, speech } = this.#options;
    const { words, locale } = speech;
    const least = Math.max(1, settings.min_text_length);
    const size = length(this.#editor.value.trim());
    const email = this.#email.value;
    let first: HTMLElement | undefined;
    const complain = (field: Field | Editor, input: HTMLElement, message: string) => {
      field.complaint.say(message);
      if (message) first ??= input;
    };
    complain(
      this.#editor,
      this.#editor.textarea,
      size < least ? plural(words.textTooShort, least, locale)
      : length(this.#editor.value) > settings.max_text_length ? words.fields.too_long
      : '',
    );
    const nameless = settings.require_name && !this.#name.value;
    complain(this.#name, this.#name.input, nameless ? words.nameRequired : '');
    complain(
      this.#email,
      this.#email.input,
      settings.require_email && !email ? words.emailRequired
      : email && !/^\S+@\S+$/.test(email) ? words.emailInvalid
      : '',
    );
    const badWebsite = this.#website.value && !websiteFrom(this.#website.value);
    complain(this.#website, this.#website.input, badWebsite ? words.websiteInvalid : '');
    this.#goTo(first);
    return !first;
  }

  #fail({ reason }: Failure): void {
    this.#trouble.textContent = explain(reason, this.#options.speech).text;
    if (reason.kind !== 'refused') return;
    if (reason.problem.code === 'idempotency_conflict') this.#attempt.finish();
    this.#mark(reason.problem);
  }

  /** Puts the server's complaints on the fields they are about. */
  #mark({ errors = [] }: Problem): void {
    const { words } = this.#options.speech;
    let first: HTMLElement | undefined;
    for (const { pointer, code } of errors) {
      const message = words.fields[code] ?? words.fields.invalid;
      const [field, input] = this.#fieldAt(pointer);
      field?.complaint.say(message);
      // What belongs to no field of this form, such as the thread or the parent, is said below it.
      if (!field) this.#trouble.textContent = message;
      first ??= input;
    }
    this.#goTo(first);
  }

  #fieldAt(pointer: string): [Field | Editor, HTMLElement] | [undefined, undefined] {
    switch (pointer) {
      case '/text':
        return [this.#editor, this.#editor.textarea];
      case '/author/name':
        return [this.#name, this.#name.input];
      case '/author/email':
        return [this.#email, this.#email.input];
      case '/author/website':
        return [this.#website, this.#website.input];
      default:
        return [undefined, undefined];
    }
  }

  #goTo(input: HTMLElement | undefined): void {
    if (input === this.#editor.textarea) this.#editor.focus();
    else input?.focus();
  }

  #clear(): void {
    const { store, place } = this.#options;
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    store.keepDraft(place, '');
    this.#editor.value = '';
    const author = { name: this.#name.value, email: this.#email.value, website: this.#website.value };
    store.keepAuthor(author, this.#remember.checked);
  }

  /** The button keeps its focus while it is busy, which `disabled` would take away. */
  #setBusy(busy: boolean): void {
    const { words } = this.#options.speech;
    this.#busy = busy;
    this.#submit.setAttribute('aria-disabled', String(busy));
    this.#submit.textContent = busy ? words.posting : words.post;
  }
}
