/** Further files of this client, which the server has beside the script. */

import type { Load } from '../speech';

/** Of what is loaded; put in by the build, so that a new script never takes an old part from a cache. */
declare const VERSION: string;

export function loadFrom(root: string): Load {
  return (file) => {
    const address = `${root}js/parts/${file}?v=${VERSION}`;
    // Browsers remember a failure by the address.
    return import(address).catch(() => import(`${address}#${Date.now()}`));
  };
}
