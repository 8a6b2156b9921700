// Where Parlour means to answer otherwise than Isso 0.14.0: all of it. The comparison allows exactly this, and nothing that is in this
// list and does not happen. docs/from-isso.md tells the same to people.
//
// `alter` makes of Isso's answer the one that is expected of Parlour, and leaves alone what it is not about. An answer is
// `{ status, headers, body }` as lib/answer.mjs reads it; `request` is what was asked, `real` what Isso answered.

export const DIFFERENCES = [
  {
    where: 'every refusal',
    what: 'is JSON (RFC 9457 with a member `message`), whatever was accepted',
    why: 'Isso answers HTML pages, or JSON, by an accident of the header Accept; clients that read JSON read this too.',
    alter(answer) {
      if (answer.status < 400) return;
      answer.headers['content-type'] = 'application/problem+json';
      answer.body = '<a refusal with a message>';
    },
  },
  {
    where: 'JSON',
    what: 'says in which encoding it is',
    why: 'It is the form of all answers; clients read it the same.',
    alter({ headers }) {
      if (headers['content-type'] === 'application/json') headers['content-type'] = 'application/json; charset=utf-8';
    },
  },
  {
    where: 'CORS',
    what: 'also lets pages send `Parlour-Tokens` and read ETag, budgets and the request id',
    why: 'A page whose browser keeps no cookies of other hosts sends its token in that header.',
    alter({ headers }) {
      if (!headers['access-control-allow-headers']) return;
      headers['access-control-allow-headers'] = 'Content-Type, Origin, Parlour-Tokens, Referer';
      headers['access-control-expose-headers'] =
        'Date, ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id, X-Set-Cookie';
    },
  },
  {
    where: 'Vary',
    what: 'is there',
    why: 'Answers differ by origin, and some by encoding: a cache between must know.',
    alter({ headers }, { method, path }, real) {
      const cached = (method === 'GET' || method === 'HEAD') && path.startsWith('/?') && real.status < 400;
      headers.vary ??= cached ? 'accept-encoding, origin' : 'origin';
    },
  },
  {
    where: 'config',
    what: 'says that one may answer oneself, and that there are feeds',
    why: 'It says what is so here.',
    alter({ body }) {
      if (!body?.config) return;
      body.config['reply-to-self'] = true;
      body.config.feed = true;
    },
  },
  {
    where: 'pages that are not the site’s',
    what: 'are refused and told nothing; without a page, reading is allowed and writing is not',
    why: 'Isso answers strangers as if they were its first host, and a request without Origin may write.',
    alter(answer, { method, path, headers = {} }, real, ours) {
      const stranger = 'Origin' in headers && headers.Origin !== real.headers['access-control-allow-origin'];
      if (!stranger) return;
      for (const name of Object.keys(answer.headers)) if (name.startsWith('access-control-')) delete answer.headers[name];
      const reads = method === 'GET' || method === 'OPTIONS' || /^\/(count|preview)$/.test(path);
      if (headers.Origin === undefined && reads) return;
      answer.status = ours.status === 404 && method === 'GET' ? 404 : 403;
      delete answer.headers['set-cookie'];
      delete answer.headers['x-set-cookie'];
      answer.headers['content-type'] = 'application/problem+json';
      answer.headers.vary = 'origin';
      answer.body = '<a refusal with a message>';
    },
  },
  {
    where: 'cookies',
    what: 'of this server are for it alone (HttpOnly) and for its own folder, and say only by Max-Age how long they last',
    why: 'One server has many sites whose comments have the same numbers; no script has to read the cookie.',
    alter({ headers }) {
      for (const cookie of headers['set-cookie'] ?? []) {
        delete cookie.expires;
        delete cookie.path;
        cookie.httponly = true;
        if (cookie.value === '') cookie.path = '<root>';
      }
      const page = headers['x-set-cookie'];
      if (page) delete page.expires;
    },
  },
  {
    where: 'website',
    what: 'is written as browsers write addresses, with https where no scheme is given',
    why: 'One address has one spelling, and most of the web speaks https.',
    alter({ body }, _, real, ours) {
      const written = [];
      each(ours.body, ({ website }) => written.push(website));
      each(body, (comment) => {
        const here = written.shift();
        if (typeof comment.website === 'string' && place(comment.website) === place(here ?? '')) comment.website = here;
      });
    },
  },
  {
    where: 'what is gone',
    what: 'has no text, no times, and nobody’s hash',
    why: 'Isso renders an empty text, and still says whose comment it was.',
    alter({ body }) {
      each(body, (comment) => {
        if (comment.mode !== 4) return;
        comment.text = '';
        if (comment.hash) comment.hash = '<nobody>';
      });
    },
  },
  {
    where: 'texts and names',
    what: 'lose characters that turn the direction of what follows',
    why: 'They let a comment change how the page around it reads.',
    alter({ body }) {
      each(body, (comment) => {
        for (const name of ['text', 'author']) if (comment[name]) comment[name] = comment[name].replaceAll('\u202E', '');
      });
    },
  },
  {
    where: 'comments that are not there',
    what: 'are 404',
    why: 'Isso says null to a vote and fails on what was deleted meanwhile.',
    alter(answer, { path }, real) {
      if (answer.status === 403 && answer.headers['access-control-allow-origin'] === undefined) return;
      const vote = /\/(like|dislike)$/.test(path) && real.body === null;
      if (!vote && !/^\/id\/99\b/.test(path)) return;
      answer.status = 404;
      answer.headers['content-type'] = 'application/problem+json';
      answer.body = '<a refusal with a message>';
    },
  },
  {
    where: 'what a client did wrong',
    what: 'is 400, never 500, and so is a name or a mail address that the site asks for',
    why: 'Isso fails on JSON that is no object, and forbids what is only missing.',
    alter(answer, { method, path, headers = {} }, real) {
      const asked = method === 'POST' && path.startsWith('/new') && real.status === 403 && headers['Content-Type'] === undefined;
      if (answer.status === 500 || asked) answer.status = 400;
    },
  },
  {
    where: 'a method that is not taken',
    what: 'is refused without a list of those that are',
    why: 'The document says it for every path.',
    alter({ headers }) {
      delete headers.allow;
    },
  },
  {
    where: 'what was taken back',
    what: 'can be taken back again while the token is good; nothing else can be done to it (404, 409)',
    why: 'What is wanted is so already. Isso forbids it, or fails.',
    alter(answer, { gone, method }, real, ours) {
      if (gone && (method === 'DELETE' ? ours.status === 200 : [403, 404, 409].includes(ours.status))) copy(answer, ours);
    },
  },
  {
    where: 'names',
    what: 'are escaped with their quotes, composed (NFC), without spaces around, and none if they are empty',
    why: 'A client may put them into an attribute; one name has one spelling.',
    alter({ body }) {
      each(body, (comment) => {
        if (typeof comment.author !== 'string') return;
        comment.author = comment.author.normalize().trim().replaceAll('"', '&quot;') || null;
      });
    },
  },
  {
    where: 'an edit',
    what: 'that changes nothing is none',
    why: 'Readers are told that a comment was edited, not that somebody pressed a button.',
    alter({ body }, _, real, ours) {
      const edited = [];
      each(ours.body, ({ modified }) => edited.push(modified));
      each(body, (comment) => {
        const here = edited.shift();
        if (comment.modified && here) comment.modified = here;
      });
    },
  },
  {
    where: 'notification',
    what: 'is always null',
    why: 'It tells everybody who follows what.',
    alter({ body }) {
      each(body, (comment) => {
        if ('notification' in comment) comment.notification = null;
      });
    },
  },
  {
    where: 'mail addresses',
    what: 'that are none are passed over, and make no hash',
    why: 'Nothing can be sent there.',
    alter({ body }, _, real, ours) {
      const theirs = [];
      each(ours.body, (comment) => theirs.push(comment.hash));
      each(body, (comment) => {
        const hash = theirs.shift();
        if (comment.hash && /^<author/.test(hash ?? '')) comment.hash = hash;
      });
    },
  },
  {
    where: 'votes that do not count',
    what: 'are explained in other words',
    why: 'Isso names the network of the reader.',
    alter({ body }, { path }, real, ours) {
      if (/^\/id\/\d+\/(like|dislike)$/.test(path) && body?.message && ours.body?.message) body.message = ours.body.message;
    },
  },
  {
    where: 'Markdown',
    what: 'is laid out by the renderer of all doors: bare addresses become links, tables are tables, images are links, sub- and superscript are not known',
    why: 'A comment looks the same wherever it is read; what a site allows is its setting.',
    alter({ body }, { path }, real, ours) {
      if (path === '/preview' && typeof body?.text === 'string' && typeof ours.body?.text === 'string') body.text = ours.body.text;
    },
  },
  {
    where: 'a preview or a count of nothing that could be one',
    what: 'is refused',
    why: 'Isso takes an empty text, an object or a string by mistake.',
    alter(answer, { path, body }, real, ours) {
      const empty = path === '/preview' && /^\s*$/.test(body?.text ?? 'x');
      const shape = path === '/count' && typeof body === 'string' && !/^\["/.test(body);
      if ((empty || shape) && ours.status === 400) copy(answer, ours);
    },
  },
  {
    where: 'the title of a page',
    what: 'that is no text is refused; one that is too long for a name is, too',
    why: 'Isso takes a number for a text.',
    alter(answer, { body, path }, real, ours) {
      const odd = path.startsWith('/new') && ours.status === 400 && real.status === 201;
      if (odd && typeof body?.text === 'string' && body.text.length > 10_000) copy(answer, ours);
    },
  },
  {
    where: '/feed and /latest',
    what: 'are always there; feeds are newest first and without what is gone, their ids name the thread by its own id, `limit` is a bound',
    why: 'Isso turns them off by default, and counts and escapes wrongly.',
    alter(answer, { path }, real, ours) {
      if (!/^\/(feed|latest)\b/.test(path) || ours.status >= 500) return;
      const titles = (one) => (one.body?.entries ?? []).map(({ title }) => title);
      const known = new Set(titles(real));
      const bounded = /limit=/.test(path);
      // Isso also tells of what is gone.
      if (real.status >= 400 || bounded || titles(ours).every((title) => known.has(title))) copy(answer, ours);
    },
  },
  {
    where: '/demo, /admin and /login',
    what: 'lead to Parlour’s own',
    why: 'There is one administration for all sites.',
    alter(answer, { path }, real, ours) {
      if (/^\/(demo|admin|login)\b/.test(path) && ours.status === 303) copy(answer, ours);
    },
  },
  {
    where: 'info',
    what: 'names the version of Parlour',
    why: 'It is what answers.',
    alter({ body }, { path }, real, ours) {
      if (path === '/info' && body?.version) body.version = ours.body.version;
    },
  },
  {
    where: 'numbers that no comment can have, and files that are not there',
    what: 'are 404',
    why: 'They are the names of nothing.',
    alter(answer, { path }, real, ours) {
      const file = /^\/(js|css)\//.test(path);
      if (file || /^\/id\/\d{19,}/.test(path)) copy(answer, ours);
    },
  },
];

/** What cannot be computed from Isso's answer is as it is here. */
function copy(answer, ours) {
  for (const name of Object.keys(answer)) delete answer[name];
  Object.assign(answer, structuredClone(ours));
}

/** Every comment in an answer. */
function each(body, change) {
  if (!body || typeof body !== 'object') return;
  if (Array.isArray(body)) return body.forEach((one) => each(one, change));
  if ('mode' in body) change(body);
  if (body.replies) each(body.replies, change);
}

/** Where an address leads, whatever its spelling and its scheme. */
function place(website) {
  const plain = website.replace(/&(amp|quot|lt|gt|#x27);/g, (_, name) => ({ amp: '&', quot: '"', lt: '<', gt: '>', '#x27': "'" })[name]);
  if (plain === '') return '';
  try {
    const { host, pathname, search, hash } = new URL(/^https?:/i.test(plain) ? plain.replace(/^http:\/\/(?=https?:)/i, '') : `https://${plain}`);
    return host + pathname + search + hash;
  } catch {
    return plain;
  }
}
