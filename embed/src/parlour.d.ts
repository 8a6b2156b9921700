/** Parlour for modules: `import { mount } from 'https://HOST/embed/parlour.js'`. Importing it defines the elements. */

/** The attributes of `<parlour-comments>`. */
export interface Options {
  /** The site's key; needed where no script tag says it. */
  site?: string;
  /** Where Parlour is served, with a trailing slash; without it, where this module comes from. */
  host?: string;
  /** An id of your choice that names the thread, whatever the page's address. */
  threadId?: string;
  /** Shows that the site itself named the thread. */
  threadSignature?: string;
  /** The page the thread belongs to. */
  url?: string;
  title?: string;
  lang?: string;
  theme?: Theme;
  sort?: Sort;
  loading?: 'lazy' | 'eager';
}

export type Theme = 'light' | 'dark' | 'auto';
export type Sort = 'oldest' | 'newest' | 'best' | 'discussed';

export interface Thread {
  id?: string;
  key: string;
  title?: string;
  url?: string;
  open: boolean;
  locked: boolean;
  comment_count: number;
  version: number;
}

export interface Comment {
  id: string;
  number: number;
  parent_id?: string;
  state: 'published' | 'removed' | 'pending' | 'rejected';
  /** Sanitised by the server. */
  html: string;
  author: { name?: string; website?: string; team: boolean };
  created_at: string;
  edited_at?: string;
  votes: { up: number; down: number };
  reply_count: number;
}

export interface ParlourComments extends HTMLElement {
  /** Shows the thread anew, for instance after the page's address has changed without a new page. */
  reload(): void;
}

export interface ParlourRecent extends HTMLElement {
  reload(): void;
}

/** The element's events; `detail` by name. They bubble and cross shadow roots. */
export interface ParlourEvents {
  'parlour:loaded': CustomEvent<{ thread: Thread }>;
  'parlour:posted': CustomEvent<{ comment: Comment; thread: Thread }>;
  'parlour:edited': CustomEvent<{ comment: Comment; thread: Thread }>;
  'parlour:deleted': CustomEvent<{ id: string; thread: Thread }>;
  'parlour:restored': CustomEvent<{ comment: Comment; thread: Thread }>;
  'parlour:voted': CustomEvent<{ id: string; value: -1 | 0 | 1; votes: { up: number; down: number } }>;
  'parlour:reacted': CustomEvent<{ kind: string; on: boolean; reactions: { kind: string; count: number }[] }>;
  'parlour:reported': CustomEvent<{ id: string; reason: string }>;
  'parlour:news': CustomEvent<{ count: number }>;
  'parlour:error': CustomEvent<{ code: string; message: string }>;
}

/** Puts a thread at the end of `place`, an element or a selector. `remove()` on what it returns takes it away again. */
export function mount(place: Element | string, options?: Options): ParlourComments;

/** Sets the `theme` of all Parlour elements of the document; `auto` follows the page. */
export function setTheme(theme: Theme): void;

declare global {
  interface HTMLElementTagNameMap {
    'parlour-comments': ParlourComments;
    'parlour-recent': ParlourRecent;
  }
  interface HTMLElementEventMap extends ParlourEvents {}
  interface DocumentEventMap extends ParlourEvents {}
}
