/** Building elements without HTML strings. */

/** `false` takes an attribute away, `undefined` leaves it alone. A `part` is also the element's class. */
type Attributes = Record<string, string | number | boolean | undefined>;
type Child = Node | string | undefined | null | false;

export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = set(document.createElement(tag), attributes);
  element.append(...(children.filter(Boolean) as Node[]));
  return element;
}

export function set<E extends Element>(element: E, attributes: Attributes): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (value === false) element.removeAttribute(name);
    else element.setAttribute(name, `${value}`);
    if (name === 'part') element.className = `${value}`;
  }
  return element;
}

/** A button that never submits a form by accident. */
export function button(label: string, look: string, onClick: () => void): HTMLButtonElement {
  const element = el('button', { type: 'button', part: `button ${look}` }, label);
  element.onclick = onClick;
  return element;
}

/** Makes `items` the children of `list`, in order; those that stand right are not touched and keep focus and text. */
export function arrange(list: Element, items: readonly Element[]): void {
  for (const child of [...list.children]) if (!items.includes(child)) child.remove();
  let cursor = list.firstElementChild;
  for (const item of items) {
    if (item === cursor) cursor = cursor.nextElementSibling;
    else list.insertBefore(item, cursor);
  }
}

/** Moves the reader there, by focus for those who do not see it. */
export function visit(element: HTMLElement, block: ScrollLogicalPosition = 'nearest'): void {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block });
}
