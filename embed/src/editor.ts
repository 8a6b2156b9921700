/** The text box with its two faces: Write and Preview. */

import { Failure } from './client';
import { el } from './dom';
import { explain } from './explain';
import { Complaint, uniqueId } from './field';
import { showServerHtml } from './html';
import { plural, type Speech } from './speech';

export interface EditorOptions {
  speech: Speech;
  label: string;
  placeholder: string;
  value: string;
  maxLength: number;
  /** Renders Markdown on the server; rejects with a Failure. */
  preview(text: string): Promise<string>;
}

type Face = 'write' | 'preview';

export class Editor {
  readonly element: HTMLElement;
  readonly textarea: HTMLTextAreaElement;
  readonly complaint: Complaint;
  readonly #options: EditorOptions;
  readonly #tabs: Record<Face, HTMLButtonElement>;
  readonly #panels: Record<Face, HTMLElement>;
  readonly #counter = el('p', { class: 'counter', id: uniqueId() });

  constructor(options: EditorOptions) {
    this.#options = options;
    const { words } = options.speech;
    this.textarea = el('textarea', {
      part: 'textarea',
      rows: 4,
      dir: 'auto',
      placeholder: options.placeholder,
      'aria-label': options.label,
      'aria-describedby': this.#counter.id,
      'aria-required': 'true',
    });
    this.textarea.value = options.value;
    this.textarea.addEventListener('input', () => this.#count());
    this.complaint = new Complaint(this.textarea);
    this.#tabs = { write: this.#tab('write', words.write), preview: this.#tab('preview', words.preview) };
    const preview = el('div', { class: 'preview body', part: 'preview body', dir: 'auto', 'aria-live': 'polite' });
    this.#panels = { write: this.textarea, preview };
    const tabs = el('div', { class: 'tabs', role: 'tablist' }, this.#tabs.write, this.#tabs.preview);
    tabs.addEventListener('keydown', (event) => this.#onTabKey(event));
    const hint = el('p', { class: 'markdown' }, words.markdown);
    const panels = (['write', 'preview'] as const).map((face) => {
      const tab = this.#tabs[face];
      const panel = el('div', { role: 'tabpanel', id: tab.getAttribute('aria-controls')!, 'aria-labelledby': tab.id });
      panel.append(this.#panels[face]);
      this.#panels[face] = panel;
      return panel;
    });
    const below = el('div', { class: 'below' }, hint, this.#counter);
    const box = el('div', { class: 'editor', part: 'editor' }, tabs, ...panels, below);
    this.element = el('div', {}, box, this.complaint.element);
    this.#show('write');
    this.#count();
  }

  get value(): string {
    return this.textarea.value;
  }

  set value(text: string) {
    this.textarea.value = text;
    this.#show('write');
    this.#count();
  }

  focus(): void {
    this.#show('write');
    this.textarea.focus();
  }

  #tab(face: Face, label: string): HTMLButtonElement {
    const ids = { id: uniqueId(), 'aria-controls': uniqueId() };
    const tab = el('button', { type: 'button', role: 'tab', class: 'tab', part: 'tab', ...ids }, label);
    tab.addEventListener('click', () => this.#show(face));
    return tab;
  }

  #show(face: Face): void {
    for (const each of ['write', 'preview'] as const) {
      const chosen = each === face;
      this.#tabs[each].setAttribute('aria-selected', String(chosen));
      this.#tabs[each].tabIndex = chosen ? 0 : -1;
      this.#panels[each].hidden = !chosen;
    }
    if (face === 'preview') void this.#preview();
  }

  #onTabKey(event: KeyboardEvent): void {
    if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    const face = this.#tabs.write.tabIndex === 0 ? 'preview' : 'write';
    this.#show(face);
    this.#tabs[face].focus();
  }

  async #preview(): Promise<void> {
    const panel = this.#panels.preview.firstElementChild!;
    const text = this.value;
    const { speech } = this.#options;
    if (!text.trim()) {
      panel.replaceChildren(el('p', { class: 'quiet' }, speech.words.nothingToPreview));
      return;
    }
    panel.replaceChildren(el('p', { class: 'quiet' }, '…'));
    try {
      const html = await this.#options.preview(text);
      // The text may have gone on while the server rendered an older one.
      if (text === this.value) showServerHtml(panel, html);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      panel.replaceChildren(el('p', { class: 'quiet' }, explain(error.reason, speech).text));
    }
  }

  /** Silent until the end is near: a number that always moves distracts. */
  #count(): void {
    const { maxLength, speech } = this.#options;
    const { words, locale } = speech;
    const left = maxLength - length(this.value);
    const near = left <= Math.min(200, maxLength / 5);
    const forms = left < 0 ? words.charactersOver : words.charactersLeft;
    this.#counter.textContent = near ? plural(forms, Math.abs(left), locale) : '';
    this.#counter.classList.toggle('over', left < 0);
  }
}

/** Characters as the server counts them: code points, not UTF-16 units. */
export function length(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
