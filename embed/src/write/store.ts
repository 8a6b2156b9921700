/**
 * What this browser remembers for one site: proofs of the visitor's own comments, unsent drafts, votes, and the
 * visitor's name if asked to. One bounded entry in localStorage; where storage is refused, memory serves until the
 * page is left.
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
  /** Until when it may be edited or deleted. */
  until?: string | undefined;
}

export interface KeptAuthor {
  name: string;
  email: string;
  website: string;
}

interface Shelf {
  tokens: KeptToken[];
  drafts: { place: string; text: string }[];
  /** What was voted or reacted: on a comment by its id, on a page by its key and the emoji. */
  votes: { on: string; value: number }[];
  author?: KeptAuthor | undefined;
  /** Stands for this browser where it votes, reacts and reports. */
  reader?: string;
}

/** As much of localStorage as is needed here. */
type Cupboard = Pick<Storage, 'getItem' | 'setItem'>;

const MAX_TOKENS = 200;
const MAX_DRAFTS = 20;
const MAX_VOTES = 500;

export class Store {
  readonly #name: string;
  readonly #storage: Cupboard | undefined;
  #memory: Shelf | undefined;
  #author: KeptAuthor | undefined;

  constructor(siteKey: string, storage = browserStorage()) {
    this.#name = `parlour:${siteKey}`;
    this.#storage = storage;
  }

  tokensOf(thread: string, now = Date.now()): KeptToken[] {
    return this.read().tokens.filter((kept) => kept.thread === thread && !(Date.parse(kept.expires) <= now));
  }

  token(id: string): KeptToken | undefined {
    return this.read().tokens.find(({ comment }) => comment === id);
  }

  keepToken(kept: KeptToken): void {
    this.change((shelf) => {
      shelf.tokens = [...shelf.tokens.filter(({ comment }) => comment !== kept.comment), kept].slice(-MAX_TOKENS);
    });
  }

  dropToken(id: string): void {
    this.change((shelf) => {
      shelf.tokens = shelf.tokens.filter(({ comment }) => comment !== id);
    });
  }

  /** `place` names a form: a thread, or a comment to reply to. */
  draft(place: string): string {
    return this.read().drafts.find((draft) => draft.place === place)?.text ?? '';
  }

  /** An empty text forgets the draft. */
  keepDraft(place: string, text: string): void {
    this.change((shelf) => {
      const others = shelf.drafts.filter((draft) => draft.place !== place);
      shelf.drafts = text ? [...others, { place, text }].slice(-MAX_DRAFTS) : others;
    });
  }

  vote(on: string): number {
    return this.read().votes.find((vote) => vote.on === on)?.value ?? 0;
  }

  keepVote(on: string, value: number): void {
    this.change((shelf) => {
      const others = shelf.votes.filter((vote) => vote.on !== on);
      shelf.votes = value ? [...others, { on, value }].slice(-MAX_VOTES) : others;
    });
  }

  /** As last posted on this page, or as remembered. */
  author(): KeptAuthor | undefined {
    return this.#author ?? this.read().author;
  }

  /** Without `remember` the author is known until the page is left, and what was remembered is forgotten. */
  keepAuthor(author: KeptAuthor, remember: boolean): void {
    this.#author = author;
    this.change((shelf) => {
      shelf.author = remember ? author : undefined;
    });
  }

  /** Anew each time: another tab of the same site writes to the same entry. */
  read(): Shelf {
    if (this.#memory) return this.#memory;
    try {
      return shelfFrom(JSON.parse(this.#storage!.getItem(this.#name)!));
    } catch {
      return shelfFrom({});
    }
  }

  change(act: (shelf: Shelf) => void): void {
    const shelf = this.read();
    const before = JSON.stringify(shelf);
    act(shelf);
    const after = JSON.stringify(shelf);
    // What another window has just written may not have come here yet: nothing is written over it without need.
    if (after === before) return;
    try {
      this.#storage!.setItem(this.#name, after);
    } catch {
      this.#memory = shelf;
    }
  }
}

/** The entry is anybody's to edit, so its shape is checked piece by piece. */
function shelfFrom(found: Partial<Record<keyof Shelf, unknown>> | null): Shelf {
  const { tokens, drafts, votes, author, reader } = found ?? {};
  return {
    tokens: list(tokens, 'comment', 'thread', 'token', 'expires'),
    drafts: list(drafts, 'place', 'text'),
    votes: list(votes, 'on'),
    author: list<KeptAuthor>([author], 'name', 'email', 'website')[0],
    ...(typeof reader === 'string' && { reader }),
  };
}

/** Those of the values that have these texts. */
function list<T>(values: unknown, ...names: string[]): T[] {
  return Array.isArray(values) ?
      values.filter((value) => names.every((name) => typeof value?.[name] === 'string'))
    : [];
}

/** The mere mention of localStorage throws where a visitor has switched site data off. */
function browserStorage(): Cupboard | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
