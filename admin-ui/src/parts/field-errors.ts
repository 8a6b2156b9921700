import { Problem } from '~/api/problem';
import type { Words } from '~/locales/words';

/**
 * The server's field errors under the names of form fields: `/settings/notice` belongs to the field `notice`,
 * `/origins/0` to `origins`.
 */
export function fieldErrors(error: unknown, words: Words): Record<string, string> {
  if (!(error instanceof Problem)) return {};
  return Object.fromEntries(
    error.fields.map(({ pointer, code }) => {
      const names = pointer.split('/').filter((part) => part !== '' && !/^\d+$/.test(part));
      return [names.at(-1) ?? '', words.fields[code]];
    }),
  );
}
