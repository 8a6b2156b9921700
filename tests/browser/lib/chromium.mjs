// Finds the browser: the system's own, else the one that Playwright installed.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

export function chromiumPath() {
  const found = [process.env.CHROMIUM, ...SYSTEM, chromium.executablePath()].find((path) => path && existsSync(path));
  if (!found) throw new Error('No Chromium found; scripts/setup-test-machine.sh installs it, or name yours in CHROMIUM.');
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(chromiumPath());
