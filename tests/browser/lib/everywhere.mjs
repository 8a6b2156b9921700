// Looks at a page of the admin UI as everybody may have it before him.
import assert from 'node:assert/strict';
import { audit } from './axe.mjs';

const WIDTHS = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } };

/** On a phone and on a desk, light and dark, without a fault that axe finds; the pictures are for people to look at. */
export async function assertFineEverywhere(person, name) {
  const before = person.page.viewportSize();
  for (const [device, size] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark']) {
      await person.page.setViewportSize(size);
      await person.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await person.page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' });
      // Colours fade into each other.
      await person.page.evaluate(async () => {
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        // One whose element goes meanwhile, a menu that closes, is over as well; one that turns while something is awaited never is.
        const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
        await Promise.allSettled(ending.map((animation) => animation.finished));
      });
      await audit(person, `${name}, ${device}, ${colorScheme}`, 'body');
      const beyond = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${name} on the ${device} is ${beyond} px too wide`);
      await person.shot(`${name}-${device}-${colorScheme}`);
    }
  }
  await person.page.emulateMedia({ colorScheme: 'light' });
  await person.page.setViewportSize(before);
}
