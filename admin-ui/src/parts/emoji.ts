/** Longest reaction, in bytes of UTF-8 (the API's bound): a family of four in one emoji has 25. */
const LONGEST = 32;
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;
/** The API takes nothing that could be read as text. */
const TEXT = /[\p{Alphabetic}\p{N}\s\p{Cc}]/u;

/** Whether something is one emoji, as a reaction has to be. */
export function isEmoji(text: string): boolean {
  return (
    PICTURE.test(text) &&
    !TEXT.test(text) &&
    new TextEncoder().encode(text).length <= LONGEST &&
    graphemes(text).length === 1
  );
}

/** What people see as single characters: typed one after the other without spaces, emoji are still several. */
export function graphemes(text: string): string[] {
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text.trim());
  return [...segments].map(({ segment }) => segment).filter((segment) => segment.trim() !== '');
}
