/** Links that act: what pages style as `a.isso-reply` is a button to those who listen, and works by the keyboard. */

import { el } from '../dom';

export function action(name: string, label: string, act: (link: HTMLAnchorElement) => unknown): HTMLAnchorElement {
  const link = el('a', { class: name, role: 'button', href: '#isso-thread' }, label);
  link.onclick = (event) => {
    event.preventDefault();
    if (link.getAttribute('aria-disabled') !== 'true') void act(link);
  };
  link.onkeydown = (event) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    link.click();
  };
  return link;
}
