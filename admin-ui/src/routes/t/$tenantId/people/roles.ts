import type { Role } from '~/api/types';

/** From the least to the greatest. */
export const ROLES: Role[] = ['moderator', 'admin', 'owner'];

/** Whether one of a role may change or remove one of another. The server decides; this only spares dead buttons. */
export function mayChange(mine: Role, theirs: Role): boolean {
  return mine !== 'moderator' && ROLES.indexOf(theirs) <= ROLES.indexOf(mine);
}

/** Roles that one of a role may give, the greatest last. */
export function givenBy(mine: Role): Role[] {
  return ROLES.filter((role) => mayChange(mine, role));
}
