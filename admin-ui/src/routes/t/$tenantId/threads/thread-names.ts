/** How a conversation is called: by its page's title, else by what finds it. */
export function nameOfThread({ title, key }: { title?: string; key: string }): string {
  return title ?? nameOfKey(key);
}

/** A key without the prefix that is the machine's: `id:` or `url:`. */
export function nameOfKey(key: string): string {
  return key.replace(/^(id|url):/, '');
}

/** Whether a key is an address; else it is an id of the site's own. */
export function isAddress(key: string): boolean {
  return key.startsWith('url:');
}

/** Only addresses of the web become links, whatever a visitor or an import wrote. */
export function webAddress(text: string | undefined): string | undefined {
  if (!text || !URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}
