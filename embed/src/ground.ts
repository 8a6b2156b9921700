/** Whether the page around an element is light or dark. */

/**
 * The lightness of a colour in the notation `color(srgb r g b)` between 0 and 1, near enough to tell light from dark.
 */
export function lightness(color: string): number {
  const [red = 0, green = 0, blue = 0] = color.match(/[\d.]+(e-\d+)?/g)?.map(Number) ?? [];
  return 0.2 * red + 0.7 * green + 0.1 * blue;
}

/**
 * Goes by the colour of the text that the element inherits: whatever makes a page dark (a media query, `color-scheme`,
 * a class or an attribute somewhere above) must make its text light to be read. The style sheet puts it into the
 * element's caret colour, as a mixture, so that every browser tells it in the same notation.
 */
export function shadeAround(element: Element): 'light' | 'dark' {
  return lightness(getComputedStyle(element).caretColor) > 0.5 ? 'dark' : 'light';
}

/**
 * Shades now, and again when the page may have changed: the system switched, an attribute of the page did, or a style
 * sheet has come, which may be later than this script.
 */
export function onShadeChange(listener: () => void, signal: AbortSignal): void {
  listener();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener, { signal });
  const observer = new MutationObserver(() => {
    listener();
    // Pages like to fade from one colour to the other; look again when they are through.
    setTimeout(listener, 600);
  });
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true });
  addEventListener('load', listener, { signal, capture: true });
  signal.addEventListener('abort', () => observer.disconnect());
}
