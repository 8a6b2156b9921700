/** Web addresses that visitors give. Only http and https become links. */

/** What was typed as a full address, `example.org` too; undefined if it is none. */
export function websiteFrom(typed: string): string | undefined {
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
  const url = webUrl(address);
  return url && url.hostname.includes('.') && !url.username && !url.password ? url.href : undefined;
}

/** The address if a browser may be sent there. */
export function webUrl(address: string): URL | undefined {
  try {
    const url = new URL(address);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
  } catch {
    return undefined;
  }
}
