/**
 * Makes an origin (RFC 6454: scheme, host, port) of what people paste: a page's address loses its path, a bare host
 * gets a scheme. The server decides in the end; this only spares a round trip and a riddle.
 */
export type PastedOrigin =
  | { kind: 'origin'; origin: string }
  /** Something was cut away or added, and the person should be told. */
  | { kind: 'cut' | 'completed'; origin: string }
  | { kind: 'invalid' };

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const WILDCARD = /^([a-z]+:\/\/)?\*\./i;
/** Hosts that are at home here, and hosts with a port: nobody has certificates for them. */
const LOCAL = /^(localhost(?=[:/]|$)|127\.|\[|[^.:/]+:)/;

export function readOrigin(pasted: string): PastedOrigin {
  const text = pasted.trim();
  // Taken off before parsing: some browsers escape an asterisk in a host.
  const isWildcard = WILDCARD.test(text);
  const plain = text.replace(WILDCARD, '$1');
  const hasScheme = SCHEME.test(plain);
  // A single word is a slip of the hand rather than a host.
  if (!hasScheme && !LOCAL.test(plain) && !plain.includes('.')) return { kind: 'invalid' };

  const url = parse(hasScheme ? plain : `${LOCAL.test(plain) ? 'http' : 'https'}://${plain}`);
  if (!url || (isWildcard && !url.hostname.includes('.'))) return { kind: 'invalid' };

  const origin = isWildcard ? `${url.protocol}//*.${url.host}` : url.origin;
  if (!hasScheme) return { kind: 'completed', origin };
  const rest = url.pathname + url.search + url.hash;
  return { kind: rest === '/' || rest === '' ? 'origin' : 'cut', origin };
}

function parse(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  const isHost = /^[a-z0-9.[\]:_-]+$/.test(url.hostname) && !url.hostname.startsWith('.');
  return isWeb && isHost && url.username === '' && url.password === '' ? url : undefined;
}
