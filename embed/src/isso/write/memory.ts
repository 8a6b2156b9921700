/** Who the reader is, as Isso's client remembers it on his device: under its names, as JSON. */

type Part = 'author' | 'email' | 'website';

/** As last said on this page, where the device keeps nothing. */
const said: Partial<Record<Part, string>> = {};

export function recall(part: Part): string {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(`isso-${part}`)!);
    return said[part] ?? (typeof kept === 'string' ? kept : '');
  } catch {
    return said[part] ?? '';
  }
}

export function keep(parts: Record<Part, string>): void {
  Object.assign(said, parts);
  for (const [part, text] of Object.entries(parts)) {
    try {
      localStorage.setItem(`isso-${part}`, JSON.stringify(text || null));
    } catch {
      // Storage is refused or full.
    }
  }
}
