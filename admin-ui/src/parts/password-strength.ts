export const SHORTEST_PASSWORD = 8;
export const LONGEST_PASSWORD = 128;

export type Strength = 'short' | 'weak' | 'fair' | 'strong';

/** A rough word for a password as it is typed. Length counts most; repeating the same few characters does not. */
export function passwordStrength(password: string): Strength {
  const characters = [...password];
  if (characters.length < SHORTEST_PASSWORD) return 'short';
  const score = Math.min(characters.length, new Set(characters).size * 2);
  if (score < 11) return 'weak';
  return score < 15 ? 'fair' : 'strong';
}
