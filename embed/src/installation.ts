/** What the page's script tag says about where Parlour is and which site this is. */

export interface Installation {
  /** Where the API is, with a trailing slash. */
  host: string;
  /** Where the script is, with a trailing slash: its further files are beside it. */
  base: string;
  /** The site's key. */
  site?: string | undefined;
}

export function installation(): Installation {
  // currentScript is only set while a classic script runs for the first time; bundlers and modules lose it.
  const running = document.currentScript as HTMLScriptElement | null;
  const script = running?.dataset['site'] ? running : document.querySelector<HTMLScriptElement>('script[data-site]');
  const { src = '', dataset = {} } = script ?? running ?? {};
  const folder = (address: string) => new URL('.', new URL(address, document.baseURI)).href;
  return { base: folder(src), host: folder(dataset['host'] ?? src), site: dataset['site'] };
}
