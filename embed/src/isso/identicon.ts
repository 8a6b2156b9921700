/** A picture for each author, drawn from his hash: the same for the same, and nothing is fetched for it. */

const SIZE = 5;
const SVG = 'http://www.w3.org/2000/svg';

/** Which fields of the left half and the middle column are filled, and in which colour of so many. */
export function pattern(hash: string, colours: number): { fields: [x: number, y: number][]; colour: number } {
  const bits = Number.parseInt(hash.slice(0, 4), 16) || 0;
  const fields: [number, number][] = [];
  for (let at = 0; at < 15; at += 1) {
    if ((bits >>> at) & 1) fields.push([Math.floor(at / SIZE), at % SIZE]);
  }
  return { fields, colour: (Number.parseInt(hash.slice(4), 16) || 0) % colours };
}

export function identicon(hash: string, look: { background: string; colours: readonly string[] }): SVGElement {
  const svg = make('svg', { viewBox: '0 0 56 56', width: 48, height: 48, 'data-hash': hash, 'aria-hidden': 'true' });
  svg.append(make('rect', { width: 56, height: 56, fill: look.background }));
  const { fields, colour } = pattern(hash, look.colours.length);
  // As attributes of SVG, which a page's policy for styles does not concern.
  const fill = look.colours[colour] ?? 'currentColor';
  for (const [x, y] of fields) {
    for (const column of new Set([x, SIZE - 1 - x])) {
      svg.append(make('rect', { x: 3 + column * 10, y: 3 + y * 10, width: 10, height: 10, fill }));
    }
  }
  return svg;
}

function make(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  return element;
}

/** An arrow as wide as a letter, in the colour of the text. */
export function arrow(up: boolean): SVGElement {
  const svg = make('svg', { viewBox: '0 0 16 16', width: 16, height: 16, fill: 'currentColor', 'aria-hidden': 'true' });
  svg.append(make('path', { d: up ? 'M8 4l6 8H2z' : 'M8 12l6-8H2z' }));
  return svg;
}
