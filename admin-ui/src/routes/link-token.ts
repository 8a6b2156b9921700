import { useLocation } from '@tanstack/react-router';

/** The token of a link out of a mail. It stays behind the #, which browsers send to no server. */
export function useLinkToken(): string {
  return new URLSearchParams(useLocation().hash).get('token') ?? '';
}
