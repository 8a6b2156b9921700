/**
 * Makes an origin (RFC 6454: scheme, host, port) of what people paste: a page's address loses its path, a bare host gets a
 * scheme. The server decides in the end; this only spares a round trip and a riddle.
 */
export type PastedOrigin =
  | { kind: 'origin'; origin: string }
  /** Something was cut away or added, and the person should be told. */
  | { kind: 'cut' | 'completed'; origin: string }
  | { kind: 'invalid' };

const LOCAL = /^(localhost(?=[:/]|$)|127\.|\[|[^.:/]+:)/;

export function readOrigin(pasted: string): PastedOrigin {
  const text = pasted.trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const url = parse(hasScheme ? text : `${LOCAL.test(text) ? 'http' : 'https'}://${text}`);
  if (!url) return { kind: 'invalid' };

  const origin = url.origin;
  if (!hasScheme) return { kind: 'completed', origin };
  const rest = url.pathname + url.search + url.hash;
  return { kind: rest === '/' || rest === '' ? 'origin' : 'cut', origin };
}

function parse(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  // A wildcard stands for whole labels in front of at least two others.
  const host = url.hostname.replace(/^\*\.(?=.+\..)/, '');
  const isHost = /^[a-z0-9.[\]:_-]+$/.test(host) && !host.startsWith('.');
  return isWeb && isHost && url.username === '' && url.password === '' ? url : undefined;
}
