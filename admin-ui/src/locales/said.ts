/** The words for a code that may be newer than they are: then the code itself is better than nothing. */
export function said(words: Record<string, string>, code: string): string {
  return words[code] ?? code;
}
