import type { ErrorCode, FieldError, ProblemBody } from './types';

/** What can go wrong: the server's codes, and that it does not answer at all. */
export type ProblemCode = ErrorCode | 'unreachable';

/** An answer that is not the one asked for (RFC 9457), or none. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    readonly fields: FieldError[] = [],
    readonly detail?: string,
    readonly requestId?: string,
    /** Seconds, from Retry-After. */
    readonly retryAfter?: number,
  ) {
    super(code);
  }

  /** `body` may be anything: a proxy in front answers with its own pages. */
  static from(response: Response, body: unknown): Problem {
    const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
    if (!isProblemBody(body)) {
      return new Problem(response.status >= 502 ? 'unavailable' : 'internal', [], undefined, undefined, retryAfter);
    }
    return new Problem(body.code, body.errors, body.detail, body.request_id, retryAfter);
  }
}

/** Somebody thought better of it: nothing went wrong. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export function isProblem(error: unknown, code?: ProblemCode): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code);
}

function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}
