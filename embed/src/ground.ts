/** Whether the page around an element is light or dark. */

export type Shade = 'light' | 'dark';

/**
 * The lightness of a computed CSS colour between 0 and 1; undefined where it is mostly see-through or in a notation
 * that says nothing about lightness.
 */
export function lightness(color: string): number | undefined {
  const [, notation = '', body = ''] = /^(\w+)\((.*)\)$/.exec(color) ?? [];
  const numbers = (body.match(/-?[\d.]+(e-?\d+)?%?/g) ?? []).map((text) =>
    text.endsWith('%') ? Number.parseFloat(text) / 100 : Number.parseFloat(text),
  );
  const [first = 0, second = 0, third = 0, alpha = 1] = numbers;
  if (numbers.length < 3 || alpha < 0.5) return undefined;
  if (/^rgba?$/.test(notation)) return (0.2126 * first + 0.7152 * second + 0.0722 * third) / 255;
  if (/^okl(ab|ch)$/.test(notation)) return first;
  if (/^l(ab|ch)$/.test(notation)) return first / 100;
  return undefined;
}

/**
 * Goes by what is painted, since many dark pages do not declare a `color-scheme` and many that declare one are light;
 * asks the declaration, and then the visitor's preference, only where nothing is painted.
 */
export function shadeAround(element: Element): Shade {
  for (let at: Element | null = element; at; at = at.parentElement ?? hostOf(at)) {
    const painted = lightness(getComputedStyle(at).backgroundColor);
    if (painted !== undefined) return painted < 0.5 ? 'dark' : 'light';
  }
  const declared = getComputedStyle(element.parentElement ?? element).colorScheme;
  if (!declared.includes('dark')) return 'light';
  return declared.includes('light') && !prefersDark().matches ? 'light' : 'dark';
}

/** Calls back when the page may have changed its shade: the system switched, or an attribute of the page did. */
export function onShadeChange(listener: () => void, signal: AbortSignal): void {
  prefersDark().addEventListener('change', listener, { signal });
  const observer = new MutationObserver(() => {
    listener();
    // Pages like to fade from one background to the other; look again when they are through.
    setTimeout(() => signal.aborted || listener(), 600);
  });
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true });
  signal.addEventListener('abort', () => observer.disconnect(), { once: true });
}

function hostOf(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

function prefersDark(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)');
}
