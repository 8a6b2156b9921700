/** Asks Parlour's own API behind Isso's door, where it needs no key: `v1/thread` is the site's own thread. */

import * as client from '../client';
import type { Site } from '../client';

/** `..` leads back out of `sites/`. */
const behind = ({ host }: Site): Site => ({ host, key: '..' });

export const ask: typeof client.ask = (site, ...rest) => client.ask(behind(site), ...rest);

export const door: typeof client.door = (site, ...rest) => client.door(behind(site), ...rest);
