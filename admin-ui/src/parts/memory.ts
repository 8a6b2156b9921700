/** Small things this browser remembers. Where storage is refused, it forgets, and everything still works. */

const PREFIX = 'parlour-admin:';

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // Remembered until the next page load only.
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Was never kept.
  }
}
