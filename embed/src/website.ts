/** Web addresses that visitors give. Only http and https become links. */

/** The address if a browser may be sent there. */
export function webUrl(address = ''): URL | undefined {
  try {
    const url = new URL(address);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}
