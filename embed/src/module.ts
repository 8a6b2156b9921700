/** Entry of parlour.js, the ES module: the same elements, and functions to put them into a page. */

import type * as Public from './parlour';
import { start } from './start';

const base = new URL('..', import.meta.url).href;
start({ base, host: base });

export const mount: typeof Public.mount = (place, options = {}) => {
  const element = document.createElement('parlour-comments');
  for (const [option, value] of Object.entries(options)) {
    const attribute = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (value !== undefined) element.setAttribute(attribute, value);
  }
  (typeof place === 'string' ? document.querySelector(place)! : place).append(element);
  return element;
};

export const setTheme: typeof Public.setTheme = (theme) => {
  for (const element of document.querySelectorAll('parlour-comments, parlour-recent')) {
    element.setAttribute('theme', theme);
  }
};
