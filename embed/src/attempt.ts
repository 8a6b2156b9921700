/** Idempotency keys: the same text sent again is the same comment, a changed text is another. */

export class Attempt {
  #body: string | undefined;
  #key = '';

  /** The key for this body; the former one as long as the body has not changed. */
  keyFor(body: string): string {
    if (body !== this.#body) {
      this.#body = body;
      this.#key = randomKey();
    }
    return this.#key;
  }

  /** After an answer that settles the matter: the next comment may say the same again. */
  finish(): void {
    this.#body = undefined;
  }
}

/** crypto.randomUUID is missing on pages served over plain http. */
function randomKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
