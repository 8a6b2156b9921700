// Waiting for what no event of the page tells.

const PATIENCE = 30_000;

/** Resolves to what `look` resolves to once that is true of anything; `what` is what was waited for. */
export async function until(what, look, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
