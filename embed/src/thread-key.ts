/** Which page a thread belongs to. */

/**
 * The first address that is one of the web, else the page's own; without its fragment. The server makes it canonical.
 */
export function pageUrl(addresses: readonly (string | undefined)[], location: string): string {
  for (const address of [...addresses, location]) {
    try {
      const page = new URL(address || 'none:', location);
      page.hash = '';
      if (/^http/.test(page.protocol)) return page.href;
    } catch {
      // Not an address.
    }
  }
  return location;
}
