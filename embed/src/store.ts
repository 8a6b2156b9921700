/**
 * What this browser remembers for one site: tokens of the visitor's own comments, unsent drafts, and the visitor's name
 * if asked to. One bounded entry in localStorage; where storage is refused, memory serves until the page is left.
 */

/** Proof that a comment is one's own. */
export interface KeptToken {
  comment: string;
  /** The thread's key as the server gave it. */
  thread: string;
  token: string;
  /** RFC 3339, UTC. */
  expires: string;
  /** Seen in public: no need to ask the server for it again. */
  settled?: boolean;
}

export interface KeptAuthor {
  name: string;
  email: string;
  website: string;
}

interface Shelf {
  tokens: KeptToken[];
  drafts: { place: string; text: string }[];
  author?: KeptAuthor;
}

/** As much of localStorage as is needed here. */
type Cupboard = Pick<Storage, 'getItem' | 'setItem'>;

const MAX_TOKENS = 200;
const MAX_DRAFTS = 20;

export class Store {
  readonly #name: string;
  readonly #storage: Cupboard | undefined;
  #memory: Shelf | undefined;
  #lastAuthor: KeptAuthor | undefined;

  constructor(siteKey: string, storage: Cupboard | undefined = browserStorage()) {
    this.#name = `parlour:${siteKey}`;
    this.#storage = storage;
  }

  tokensOf(thread: string, now = Date.now()): KeptToken[] {
    return this.#read().tokens.filter((kept) => kept.thread === thread && !(Date.parse(kept.expires) <= now));
  }

  keepToken(kept: KeptToken): void {
    this.#change((shelf) => {
      shelf.tokens = [...shelf.tokens.filter(({ comment }) => comment !== kept.comment), kept].slice(-MAX_TOKENS);
    });
  }

  settle(comments: ReadonlySet<string>): void {
    this.#change((shelf) => {
      shelf.tokens = shelf.tokens.map((kept) => (comments.has(kept.comment) ? { ...kept, settled: true } : kept));
    });
  }

  dropTokens(comments: ReadonlySet<string>): void {
    this.#change((shelf) => {
      shelf.tokens = shelf.tokens.filter(({ comment }) => !comments.has(comment));
    });
  }

  /** `place` names a composer: a thread, or a comment to reply to. */
  draft(place: string): string {
    return this.#read().drafts.find((draft) => draft.place === place)?.text ?? '';
  }

  /** An empty text forgets the draft. */
  keepDraft(place: string, text: string): void {
    this.#change((shelf) => {
      const others = shelf.drafts.filter((draft) => draft.place !== place);
      shelf.drafts = text ? [...others, { place, text }].slice(-MAX_DRAFTS) : others;
    });
  }

  /** As last posted on this page, or as remembered. */
  author(): KeptAuthor | undefined {
    return this.#lastAuthor ?? this.#read().author;
  }

  remembersAuthor(): boolean {
    return this.#read().author !== undefined;
  }

  /** Without `remember` the author is known until the page is left, and what was remembered is forgotten. */
  keepAuthor(author: KeptAuthor, remember: boolean): void {
    this.#lastAuthor = author;
    this.#change((shelf) => {
      if (remember) shelf.author = author;
      else delete shelf.author;
    });
  }

  // Read anew each time: another tab of the same site writes to the same entry.
  #read(): Shelf {
    if (this.#memory) return this.#memory;
    try {
      return shelfFrom(JSON.parse(this.#storage?.getItem(this.#name) ?? 'null'));
    } catch {
      return shelfFrom(null);
    }
  }

  #change(act: (shelf: Shelf) => void): void {
    const shelf = this.#read();
    act(shelf);
    try {
      if (!this.#storage) throw new Error('no storage');
      this.#storage.setItem(this.#name, JSON.stringify(shelf));
    } catch {
      this.#memory = shelf;
    }
  }
}

/** The entry is anybody's to edit, so nothing in it is taken on trust but its shape is checked piece by piece. */
function shelfFrom(found: unknown): Shelf {
  const raw = record(found);
  const shelf: Shelf = { tokens: list(raw['tokens']).filter(isToken), drafts: list(raw['drafts']).filter(isDraft) };
  const author = record(raw['author']);
  if (hasTexts(author, 'name', 'email', 'website')) shelf.author = author as unknown as KeptAuthor;
  return shelf;
}

function isToken(value: unknown): value is KeptToken {
  return hasTexts(record(value), 'comment', 'thread', 'token', 'expires');
}

function isDraft(value: unknown): value is { place: string; text: string } {
  return hasTexts(record(value), 'place', 'text');
}

function hasTexts(value: Record<string, unknown>, ...names: string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The mere mention of localStorage throws where a visitor has switched site data off. */
function browserStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
