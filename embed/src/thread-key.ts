/** Which thread an element shows. */

/** An explicit id, or the page's URL; the server makes URLs canonical. */
export type ThreadKey = { id: string } | { url: string };

/** What decides it, strongest first. */
export interface KeySources {
  threadId: string | null;
  url: string | null;
  canonical: string | null;
  location: string;
}

export function threadKey(sources: KeySources): ThreadKey {
  if (sources.threadId) return { id: sources.threadId };
  return { url: pageUrl(sources) };
}

/** The page that a thread belongs to, also when it has an explicit id. */
export function pageUrl({ url, canonical, location }: KeySources): string {
  return web(url, location) ?? web(canonical, location) ?? withoutHash(new URL(location));
}

function web(address: string | null, base: string): string | undefined {
  if (!address) return undefined;
  try {
    const url = new URL(address, base);
    return /^https?:$/.test(url.protocol) ? withoutHash(url) : undefined;
  } catch {
    return undefined;
  }
}

function withoutHash(url: URL): string {
  url.hash = '';
  return url.href;
}
