/** Search parameters are plain text in the URL: `?q=tea&state=spam`, readable and writable by hand. */

export type Search = Record<string, string | undefined>;

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).filter((entry): entry is [string, string] => says(entry[1]));
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

/** A parameter that says something, for spreading; else nothing. */
export function given<Key extends string>(key: Key, value: unknown): Partial<Record<Key, string>> {
  return says(value) ? ({ [key]: value } as Record<Key, string>) : {};
}

function says(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
