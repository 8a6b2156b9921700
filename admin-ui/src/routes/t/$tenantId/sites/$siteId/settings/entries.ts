import { SETTINGS } from '~/api/known';

/**
 * Entries of a site's lists, as owners type them. The server decides; this spares a round trip, and cuts to size what
 * can only mean one thing.
 */

/** Longest entry, in bytes: the same for every list but that of reactions. */
const LONGEST = SETTINGS.thread_patterns.longestEntry;

/** An address in which `*` stands for anything: `https://blog.example/posts/*`. */
export function readPattern(piece: string): string | undefined {
  return /^(https?:\/\/|\*)/i.test(piece) ? fitting(piece) : undefined;
}

/** A query parameter, or the beginning of several: `ref`, `hsa_*`. A whole `?ref=x` is cut to its name. */
export function readParameter(piece: string): string | undefined {
  const name = piece.replace(/^[?&]+/, '').replace(/=.*$/, '');
  return /^[^*=&?#]+\*?$/.test(name) ? fitting(name) : undefined;
}

/** The first part of a path that chooses a language: `en`, `pt-br`. Its slashes are no part of it. */
export function readPrefix(piece: string): string | undefined {
  const part = piece.replace(/^\/+|\/+$/g, '');
  return /^[^/?#*]+$/.test(part) ? fitting(part) : undefined;
}

function fitting(entry: string): string | undefined {
  const isPlain = entry !== '' && !/[\s\p{Cc}]/u.test(entry);
  return isPlain && new TextEncoder().encode(entry).length <= LONGEST ? entry : undefined;
}
