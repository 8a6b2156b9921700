/** A labelled input that can say what is wrong with it. */

import { el } from './dom';

let made = 0;

/** An id that no other element in this document's Parlour threads has. */
export function uniqueId(): string {
  made += 1;
  return `p${made}`;
}

/** Ties a message to an input for eye and ear alike; an empty message clears it. */
export class Complaint {
  readonly element = el('p', { class: 'complaint', part: 'error', id: uniqueId(), hidden: true });
  readonly #input: HTMLElement;
  readonly #describedBy: string;

  constructor(input: HTMLElement) {
    this.#input = input;
    this.#describedBy = input.getAttribute('aria-describedby') ?? '';
    input.addEventListener('input', () => this.say(''));
  }

  say(message: string): void {
    this.element.textContent = message;
    this.element.hidden = !message;
    const ids = `${this.#describedBy} ${message ? this.element.id : ''}`.trim();
    if (ids) this.#input.setAttribute('aria-describedby', ids);
    else this.#input.removeAttribute('aria-describedby');
    if (message) this.#input.setAttribute('aria-invalid', 'true');
    else this.#input.removeAttribute('aria-invalid');
  }
}

export interface FieldOptions {
  label: string;
  hint: string;
  required: boolean;
  value: string;
  attributes: Record<string, string>;
}

export class Field {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly complaint: Complaint;

  constructor({ label, hint, required, value, attributes }: FieldOptions) {
    const id = uniqueId();
    this.input = el('input', { ...attributes, id, part: 'input', 'aria-required': required ? 'true' : undefined });
    this.input.value = value;
    this.complaint = new Complaint(this.input);
    const caption = el('label', { for: id }, label, hint ? el('span', { class: 'hint' }, ` · ${hint}`) : undefined);
    this.element = el('div', { class: 'field' }, caption, this.input, this.complaint.element);
  }

  get value(): string {
    return this.input.value.trim();
  }
}
