import type { ProblemCode } from '~/api/problem';
import type { QueueView } from '~/api/queries';
import type {
  CommentState,
  Decision,
  FieldCode,
  Moderation,
  NoPasskeys,
  OpenedWith,
  PageFinding,
  Role,
  SignIn,
  SiteSettings,
  ThreadsOpen,
  ThreadStanding,
  ThreadWarning,
  Trouble,
  Votes,
} from '~/api/types';
import type { en } from './en';
import type { later } from './en-later';

/** Every language says what English says: the same keys, functions with the same arguments. */
export type Words = First & Later;

/** What is there from the start, and what comes with the pages that say it. */
export type First = Widened<typeof en>;
export type Later = Widened<typeof later>;

/** Parts that must speak to every value of an enum of the API. `en` is checked against it, and so are all others. */
export type Complete = {
  problems: Record<ProblemCode, { title: string; hint: string }>;
  fields: Record<FieldCode, string>;
  roles: Record<Role, string>;
  openedWith: Record<OpenedWith, string>;
  noPasskeys: Record<NoPasskeys, string>;
  states: Record<CommentState, string>;
  moderation: Record<Moderation, { label: string; hint: string }>;
  sorts: Record<SiteSettings['sort'], string>;
  votes: Record<Votes, { label: string; hint: string }>;
  threadsOpen: Record<ThreadsOpen, { label: string; hint: string }>;
  standings: Record<ThreadStanding, string>;
  decisions: Record<Decision, string>;
  decided: Record<CommentState, (count: number) => string>;
  empty: Record<QueueView, { title: string; hint: string }>;
  threadWarnings: Record<ThreadWarning, string>;
};

/** The same of those that come later. */
export type CompleteLater = {
  signIns: Record<SignIn, { label: string; hint: string }>;
  troubles: Record<Trouble['kind'], { title: (subject: string) => string; fix: string }>;
  pageFindings: Record<PageFinding['code'], { text: (subject: string) => string; fix: string }>;
};

type Widened<T> = T extends (...args: infer Args) => string
  ? (...args: Args) => string
  : T extends string
    ? string
    : { [Key in keyof T]: Widened<T[Key]> };
