/** The circle beside a comment: a letter on a tint that stays the same for the same name. No image is fetched. */

import { el } from './dom';

export function avatar(name = ''): HTMLElement {
  const [initial = ''] = name.trim();
  const circle = el('span', { part: 'avatar', 'aria-hidden': 'true' }, initial.toLocaleUpperCase());
  // By script and not by an attribute, which the page's policy may forbid.
  if (name) circle.style.setProperty('--tint', `oklch(65% .12 ${hue(name)} / 35%)`);
  return circle;
}

/** The same angle for the same name, and different ones for names that differ little. */
export function hue(name: string): number {
  return [...name].reduce((angle, letter) => (angle * 31 + letter.codePointAt(0)!) % 360, 0);
}
