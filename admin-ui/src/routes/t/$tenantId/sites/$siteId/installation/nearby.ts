/** How a refused origin differs from one that is listed, where it is nearly the same. */

export type Difference = 'scheme' | 'www' | 'port';

export function differenceOf(refused: string, listed: readonly string[]): { by: Difference; from: string } | undefined {
  const one = parsed(refused);
  if (!one) return undefined;
  for (const from of listed) {
    const other = parsed(from);
    if (!other) continue;
    const bare = (host: string) => host.replace(/^www\./, '');
    const sameHost = one.hostname === other.hostname;
    if (sameHost && one.protocol !== other.protocol) return { by: 'scheme', from };
    if (sameHost && one.port !== other.port) return { by: 'port', from };
    if (!sameHost && bare(one.hostname) === bare(other.hostname)) return { by: 'www', from };
  }
  return undefined;
}

function parsed(origin: string): URL | undefined {
  return origin.includes('*') || !URL.canParse(origin) ? undefined : new URL(origin);
}
