/** Links that say how many comments another page has: `<a href="/post#isso-thread">`. */

import type { ThreadCount } from '../wire';

/** The most conversations that one request may name. */
const BATCH = 20;

type Link = Pick<HTMLAnchorElement, 'getAttribute' | 'href'>;

/** The conversation that a link leads to. */
export function keyOf(link: Link): string {
  return link.getAttribute('data-isso-id') || link.href.replace(/#.*$/, '').replace(/^[^/]*\/\/[^/]+/, '');
}

/** Links by the conversations they lead to. */
export function counters(): Map<string, HTMLAnchorElement[]> {
  const links = new Map<string, HTMLAnchorElement[]>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href$="#isso-thread"]')) {
    const key = keyOf(link);
    links.set(key, [...(links.get(key) ?? []), link]);
  }
  return links;
}

/** Fills them in. A page reads well without its counts: where none is to be had, what stood there stays. */
export async function count(root: string, voice: Promise<(n: number) => string>): Promise<void> {
  const links = counters();
  const keys = [...links.keys()];
  const batches = [];
  while (keys.length) batches.push(keys.splice(0, BATCH));
  await Promise.all(
    batches.map(async (batch) => {
      try {
        const query = new URLSearchParams(batch.map((key) => ['id', key]));
        const response = await fetch(`${root}v1/counts?${query}`, { credentials: 'omit' });
        const { counts } = (await response.json()) as { counts: ThreadCount[] };
        const tell = await voice;
        counts.forEach(({ comment_count: n }, at) => {
          for (const link of links.get(batch[at]!)!) link.textContent = tell(n);
        });
      } catch {
        // As it was.
      }
    }),
  );
}
