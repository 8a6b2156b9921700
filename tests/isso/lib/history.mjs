// What readers have said in some years: conversations for a real Isso to store. The same every time.

/** Linear congruential (Knuth's MMIX): whole numbers below `bound`, the same every time. */
function dice(seed) {
  let state = BigInt(seed);
  return (bound) => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number((state >> 33n) % BigInt(bound));
  };
}

const WORDS = `the valve glows but nothing comes out of the speaker I had this once and it was the large condenser next to the
  transformer mine hums since then do not touch the chassis while it is plugged in thank you for the drawing`.split(/\s+/);

/** Texts that say something about how they are kept, and look the same in every Markdown. */
const SPECIAL = [
  'Grüße aus Köln, 你好, שלום, 🎉👩‍👩‍👧 e\u0301',
  'Two lines\nof one paragraph\n\nand another',
  '*quick*, **brown** and `fox()`',
  '<script>alert(1)</script> & "quotes" \'too\'',
  '> a quotation\n\nand the answer to it',
  '- one\n- two',
  '```\nlet a = 1 < 2;\n```',
  'A [link](https://a.example/?x=1&y=2) in the middle',
  'abc',
  'x'.repeat(20_000),
  'It ends here\u00a0',
];

/** Isso's names for them: it stores names and addresses of web sites escaped. */
const AUTHORS = [
  {},
  { author: 'Ada', email: 'ada@example.org', website: 'https://ada.example/' },
  { author: 'Ada L.', email: 'ada@example.org' },
  { author: 'Bob &lt;b&gt; "B" &amp; Co', website: 'http://bob.example/?a=1&amp;b=2' },
  { author: '日本 🎉' },
  { email: 'nameless@example.org' },
  { author: 'Cyd', email: 'Cyd@Example.ORG' },
];

/** Names as people have them in their pages, and as static site generators make them. */
const URIS = [
  '/',
  '/post/',
  '/post',
  '/post.html',
  '/über uns/',
  '/%C3%BC/',
  '/?p=17',
  '/?p=17&page=2',
  'an id of its own',
  '/a//b',
  '/POST/',
];

const BEGAN = Date.UTC(2019, 3, 5, 12, 30, 15, 250);

/**
 * `{ threads, gone }`: the argument of serve.py's `fill`, with as many comments as `size` says, and the places of those
 * that their authors have taken back since.
 */
export function history(size, seed = 4) {
  const roll = dice(seed);
  const one = (list) => list[roll(list.length)];
  const address = () => `10.${roll(3)}.${roll(40)}.0`;
  const threads = URIS.map((uri) => ({ uri, title: `On ${uri}`, comments: [] }));
  const pages = Math.max(1, Math.round(size / 40));
  for (let page = 1; page <= pages; page += 1) {
    threads.push({ uri: `/page/${page}/`, title: `Page ${page}`, comments: [] });
  }

  // Thread by thread, as Isso numbers what is brought in one run; one page is where everybody is.
  const places = [];
  let moment = BEGAN;
  let place = 0;
  for (const [number, thread] of threads.entries()) {
    const share = thread.uri === '/page/1/' ? Math.floor(size / 5) : Math.floor((size * 0.8) / (threads.length - 1));
    const last = number === threads.length - 1;
    const count = last ? size - place : Math.max(1, share);
    const here = [];
    for (let i = 0; i < count; i += 1) {
      moment += 1 + roll(7_200_000);
      const words = Array.from({ length: 3 + roll(30) }, () => one(WORDS)).join(' ');
      const comment = {
        text: roll(8) === 0 ? one(SPECIAL) : words,
        created: moment / 1000,
        mode: roll(25) === 0 ? 2 : 1,
        remote_addr: address(),
        ...one(AUTHORS),
      };
      if (comment.email && roll(3) === 0) comment.notification = 1;
      if (here.length > 0 && roll(3) > 0) comment.parent = one(here);
      comment.votes = Array.from({ length: roll(4) === 0 ? roll(12) : 0 }, () => [roll(3) > 0, address()]);
      if (roll(15) === 0) comment.edited = { text: `${words}, edited`, modified: (moment + 61_000) / 1000 };
      // Readers do not answer what they do not see.
      if (comment.mode === 1) here.push(place);
      places.push(place);
      thread.comments.push(comment);
      place += 1;
    }
  }
  // Not the last one, whose number Isso would use again.
  const gone = places.slice(0, -1).filter(() => roll(30) === 0);
  return { threads, gone };
}
