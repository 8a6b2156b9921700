/** What embed.js lends, under the names that it has there. */

import type { Equipment } from '../equipment';

export let ask: Equipment['ask'];
export let button: Equipment['button'];
export let el: Equipment['el'];
export let explain: Equipment['explain'];
export let fill: Equipment['fill'];
export let missing: Equipment['missing'];
export let place: Equipment['place'];
export let plural: Equipment['plural'];
export let set: Equipment['set'];
export let showServerHtml: Equipment['showServerHtml'];
export let webUrl: Equipment['webUrl'];

export function equip(equipment: Equipment): void {
  ({ ask, button, el, explain, fill, missing, place, plural, set, showServerHtml, webUrl } = equipment);
}
