/** The circle beside a comment: initials on a tint that stays the same for the same name. No image is fetched. */

import { el } from './dom';

const TINTS = 8;

export function avatar(name: string | undefined): HTMLElement {
  if (!name) return el('span', { class: 'avatar nobody', part: 'avatar', 'aria-hidden': 'true' });
  const look = `avatar tint-${tint(name)}`;
  return el('span', { class: look, part: 'avatar', 'aria-hidden': 'true' }, initials(name));
}

/** The first letters of the first and the last word, as the reader counts letters. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return chosen.map((word) => firstLetter(word).toLocaleUpperCase()).join('');
}

/** FNV-1a over the name. */
export function tint(name: string): number {
  let hash = 0x811c9dc5;
  for (const unit of name.trim().toLowerCase()) hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193);
  return (hash >>> 0) % TINTS;
}

function firstLetter(word: string): string {
  if (typeof Intl.Segmenter !== 'function') return [...word][0] ?? '';
  const [first] = new Intl.Segmenter().segment(word);
  return first?.segment ?? '';
}
