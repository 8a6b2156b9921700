/** `?guide=yes` while somebody is led from the set-up link to the first site. */
export type GuideSearch = { guide?: 'yes' };

export function readGuide(search: Record<string, unknown>): GuideSearch {
  return search['guide'] === 'yes' ? { guide: 'yes' } : {};
}
