/** Building elements without HTML strings. */

/** `true` sets an empty attribute; `false` and `undefined` set none. */
type Attributes = Record<string, string | number | boolean | undefined>;
type Child = Node | string | undefined;

export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A button that never submits a form by accident. */
export function button(label: string, look: string, onClick: () => void): HTMLButtonElement {
  const element = el('button', { type: 'button', class: look, part: `button ${look}` }, label);
  element.addEventListener('click', onClick);
  return element;
}

/** Makes `items` the children of `list`, in order; those that stand right are not touched and keep focus and text. */
export function arrange(list: Element, items: readonly Element[]): void {
  const wanted = new Set(items);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  let cursor = list.firstElementChild;
  for (const item of items) {
    if (item === cursor) cursor = cursor.nextElementSibling;
    else list.insertBefore(item, cursor);
  }
}

/** Moves the reader there, by focus for those who do not see it. */
export function visit(element: HTMLElement, block: ScrollLogicalPosition = 'nearest'): void {
  element.focus({ preventScroll: true });
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block, behavior: still ? 'auto' : 'smooth' });
}
