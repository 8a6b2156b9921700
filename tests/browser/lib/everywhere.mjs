// Looks at a page of the admin UI as everybody may have it before him.
import assert from 'node:assert/strict';
import { audit } from './axe.mjs';

export const WIDTHS = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } };

/** What axe is asked about takes it most of the time of a run. Each width and each scheme is in one of them. */
const AUDITED = ['phone light', 'desk dark'];

/**
 * On a phone and on a desk, light and dark, without a fault that axe finds in either; the pictures are for people to look at. `part` is what is
 * looked at, `scheme` what tells that it has become light or dark (`?` stands for which).
 */
export async function assertFineEverywhere(person, name, part = 'body', scheme = 'html[data-mantine-color-scheme=?]') {
  const before = person.page.viewportSize();
  // A page that is still on its way has nothing in it but the way to its content.
  if (part === 'body') await person.sees(person.page.getByRole('main').first());
  for (const [device, size] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark']) {
      await person.page.setViewportSize(size);
      await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      if (scheme) await person.page.locator(scheme.replace('?', colorScheme)).waitFor({ state: 'attached' });
      // Colours fade into each other.
      await person.page.evaluate(async () => {
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        // What turns for ever is never over; what is cut off, such as a menu that closes, is.
        const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
        await Promise.allSettled(ending.map((animation) => animation.finished));
      });
      if (AUDITED.includes(`${device} ${colorScheme}`)) await audit(person, `${name}, ${device}, ${colorScheme}`, part);
      const beyond = await person.page.evaluate((part) => {
        const { right } = document.querySelector(part).getBoundingClientRect();
        return (part === 'body' ? document.documentElement.scrollWidth : right) - innerWidth;
      }, part);
      assert.ok(beyond <= 0, `${name} on the ${device} is ${beyond} px too wide`);
      await person.shot(`${name}-${device}-${colorScheme}`);
    }
  }
  await person.page.emulateMedia({ colorScheme: 'light' });
  await person.page.setViewportSize(before);
}
