/** What a page's script tags say, in the names that Isso gave them: `data-isso-*`. */

import type { Sort } from '../wire';

/** The texts of the attributes, by their names without `data-isso-`; all of these in small letters and with hyphens. */
export type Found = Readonly<Record<string, string>>;

export interface Look {
  /** The address of the style sheet; none if the page brings its own. */
  css: string | undefined;
  sort: Sort;
  /** Roots shown, replies shown under each, and how many more by a click. */
  top: number;
  nested: number;
  reveal: number;
  avatar: { background: string; colours: readonly string[] } | undefined;
  vote: boolean;
  /** Where one class of comments ends and the next begins, by their votes. */
  levels: readonly number[];
  /** Hashes of those who wrote the page. */
  pageAuthors: readonly string[];
  /** The language that the page wants, and the one for readers whose languages are not spoken here. */
  lang: string | undefined;
  defaultLang: string;
}

const COLOURS = '#9abf88 #5698c4 #e279a3 #9163b6 #be5168 #f19670 #e4bf80 #447c69';

/** Any script of the page may carry them; of two that say the same, the later one counts. */
export function readAttributes(scripts: Iterable<Pick<Element, 'attributes'>>): Found {
  const found: Record<string, string> = {};
  for (const { attributes } of scripts) {
    for (const { name, value } of attributes) {
      const [, rest] = /^data-isso-(.+)/i.exec(name) ?? [];
      if (rest) found[rest.replace(/_/g, '-').toLowerCase()] = value.replace(/\\n/g, '\n');
    }
  }
  return found;
}

export function lookOf(found: Found, root: string): Look {
  /** As JSON, if it is any; else as it stands there. */
  const value = (name: string): unknown => {
    try {
      return JSON.parse(found[name]!);
    } catch {
      return found[name];
    }
  };
  /** Where a number was meant, also if it is written as text; a page's mistake does not hide its comments. */
  const number = (name: string, otherwise: number, least = 0) => {
    const wanted = value(name);
    if (wanted === 'inf') return Infinity;
    const given = Math.floor(Number(wanted ?? otherwise));
    return given >= least ? given : otherwise;
  };
  /** In one line or as a JSON array. A hash of digits alone is no number, so this goes by the text. */
  const list = (name: string, otherwise = '') => {
    const wanted = value(name);
    const items = Array.isArray(wanted) ? wanted.map(String) : (found[name] ?? otherwise).split(/[\s,]+/);
    return items.filter(Boolean);
  };
  const text = (name: string) => {
    const wanted = value(name);
    return typeof wanted === 'string' && wanted ? wanted : undefined;
  };
  return {
    css: value('css') === false ? undefined : (text('css-url') ?? `${root}css/isso.css`),
    sort:
      text('sorting') === 'newest' ? 'newest'
      : text('sorting') === 'upvotes' ? 'best'
      : 'oldest',
    top: number('max-comments-top', Infinity),
    nested: number('max-comments-nested', 5),
    reveal: number('reveal-on-click', 5, 1),
    avatar:
      value('avatar') === false ? undefined : (
        { background: text('avatar-bg') ?? '#f0f0f0', colours: list('avatar-fg', COLOURS) }
      ),
    vote: value('vote') !== false,
    levels: value('vote-levels') === null ? [] : list('vote-levels').map(Number),
    pageAuthors: list('page-author-hashes'),
    lang: text('lang'),
    defaultLang: text('default-lang') ?? 'en',
  };
}

/** The number of the class that a comment belongs to by its votes. */
export function voteLevel(votes: number, levels: readonly number[]): number {
  const at = levels.findIndex((level) => votes < level);
  return at < 0 ? levels.length : at;
}
