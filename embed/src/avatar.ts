/** The circle beside a comment: initials on a tint that stays the same for the same name. No image is fetched. */

import { el } from './dom';

export function avatar(name = ''): HTMLElement {
  const circle = el('span', { part: 'avatar', 'aria-hidden': 'true' }, initials(name));
  // By script and not by an attribute, which the page's policy may forbid.
  circle.style.setProperty('--hue', `${hue(name)}`);
  return circle;
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const [first = '', ...others] = name.trim().split(/\s+/);
  return [first, others.at(-1) ?? ''].map(([letter = '']) => letter).join('').toLocaleUpperCase();
}

/** The same angle for the same name, and different ones for names that differ little. */
export function hue(name: string): number {
  return [...name.trim().toLowerCase()].reduce((angle, letter) => (angle * 31 + letter.codePointAt(0)!) % 360, 0);
}
