// Where Parlour means to answer otherwise than Isso 0.14.0: all of it. The comparison allows exactly this, and nothing that is in this
// list and does not happen. docs/from-isso.md tells the same to people.
//
// `alter` makes of Isso's answer the one that is expected of Parlour, and leaves alone what it is not about. An answer is
// `{ status, headers, body }` as lib/answer.mjs reads it; `request` is what was asked, `real` what Isso answered.

/** What is laid out otherwise than Isso does it, and how it is laid out here. */
const MARKDOWN = new Map([
  ['    indented', '<pre><code>indented\n</code></pre>'],
  [
    '[a link](https://a.example/?x=1&y=2 "title")',
    '<p><a href="https://a.example/?x=1&amp;y=2" title="title" rel="nofollow noopener">a link</a></p>',
  ],
  ['See https://a.example/x, please', '<p>See <a href="https://a.example/x" rel="nofollow noopener">https://a.example/x</a>, please</p>'],
  ['<ada@example.org>', '<p><a href="mailto:ada@example.org" rel="nofollow noopener">ada@example.org</a></p>'],
  ['&amp; &lt; & < > " \'', '<p>&amp; &lt; &amp; &lt; &gt; " \'</p>'],
  ['[x](javascript:alert(1))', '<p><a rel="nofollow noopener">x</a></p>'],
  ['![image](https://a.example/i.png)', '<p><a href="https://a.example/i.png" rel="nofollow noopener">image</a></p>'],
  ['a^2^ and H~2~O', '<p>a^2^ and H<del>2</del>O</p>'],
  [
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>',
  ],
]);

export const DIFFERENCES = [
  {
    where: '/latest',
    what: 'has the newest comments first, whatever they answer',
    why: 'In Isso replies push newer comments out, and the newest is the last.',
    alter({ body }, { path }) {
      if (path.startsWith('/latest') && Array.isArray(body)) body.sort((one, other) => other.id - one.id);
    },
  },
  {
    where: 'every refusal',
    what: 'is JSON (RFC 9457 with a member `message`), but for links out of mails that a browser follows',
    why: 'Isso answers HTML pages, or JSON, by an accident of the header Accept; clients that read JSON read this too.',
    alter(answer, { path, headers = {} }) {
      const followed = /^\/id\/\d+\/\w+\/./.test(path) && /text\/html/.test(headers.Accept ?? '');
      if (answer.status < 400 || followed) return;
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
    what: 'of this server are for it alone (HttpOnly) and for its own folder; Max-Age alone says how long they last, which is from posting on',
    why: 'One server has many sites whose comments have the same numbers; no script has to read the cookie; an edit does not prolong the time.',
    alter({ headers }, _, real, ours) {
      for (const [place, cookie] of (headers['set-cookie'] ?? []).entries()) {
        delete cookie.expires;
        delete cookie.path;
        cookie.httponly = true;
        if (cookie.value === '') cookie.path = '<root>';
        cookie['max-age'] = left(cookie, ours.headers['set-cookie']?.[place]);
      }
      const page = headers['x-set-cookie'];
      if (!page) return;
      delete page.expires;
      page['max-age'] = left(page, ours.headers['x-set-cookie']);
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
    what: 'lose characters that turn the direction of what follows, and texts the space around them',
    why: 'The former let a comment change how the page around it reads.',
    alter({ body }, { path }) {
      for (const comment of path === '/preview' ? [body] : all(body)) {
        for (const name of ['text', 'author']) {
          if (typeof comment?.[name] === 'string') comment[name] = comment[name].replaceAll('\u202E', '');
        }
        if (typeof comment?.text === 'string') comment.text = comment.text.replace(/\s+(?=<\/p>$|$)/, '');
      }
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
    where: 'too many comments',
    what: 'are 429 with `Retry-After`',
    why: 'A client can tell that waiting helps.',
    alter(answer, { limited }) {
      if (!limited) return;
      answer.status = 429;
      answer.headers['retry-after'] = '<seconds>';
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
    where: 'what was taken back, or waits for a moderator',
    what: 'can be taken back again while the token is good; nothing else can be done to the former (409), and others do not find it (404)',
    why: 'What is wanted is so already. Isso forbids it, or fails, and lets readers vote on what nobody can see.',
    alter(answer, { gone, method, tokens }, real, ours) {
      if (!gone) return;
      const again = method === 'DELETE' && ours.status === 200;
      if (again && (ours.body === null || ours.body.mode === 4)) copy(answer, ours);
      else refused(answer, method === 'PUT' ? 409 : tokens && !Array.isArray(tokens) ? 403 : 404);
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
    what: 'is always null, in /latest too',
    why: 'It tells everybody who follows what.',
    alter({ body }) {
      each(body, (comment) => (comment.notification = null));
    },
  },
  {
    where: 'mail addresses',
    what: 'that are none are passed over, and make no hash: the author is his network',
    why: 'Nothing can be sent there.',
    alter({ status, body }, { path, body: asked }) {
      const none = typeof asked?.email === 'string' && asked.email !== '' && !/^\S+@\S+\.\S+$/.test(asked.email);
      // Who has written without one before, in the test about it.
      if (path.startsWith('/new') && status === 201 && none) body.hash = '<author 1>';
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
    what: 'is laid out by the renderer of all doors: MARKDOWN below has every case',
    why: 'A comment looks the same wherever it is read. Addresses are links, tables are tables, and images, which Isso drops, are links.',
    alter({ body }, { path, body: asked }) {
      if (path === '/preview' && MARKDOWN.has(asked?.text)) body.text = MARKDOWN.get(asked.text);
    },
  },
  {
    where: 'the HTML of comments',
    what: 'has quotes as they are, links that also say `ugc`, and no empty paragraphs',
    why: 'Isso puts everything that is no paragraph between two empty ones; search engines ask for `ugc`.',
    alter({ body }, { path }) {
      if (/[?&]plain=(?!0)/.test(path)) return;
      for (const comment of path === '/preview' ? [body] : all(body)) {
        if (typeof comment?.text === 'string') comment.text = laidOut(comment.text);
      }
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
    where: 'long texts',
    what: 'are refused from the bound on that the site sets (16,384 characters at most); Isso’s is 65,535 for all',
    why: 'How long a comment may be is the owner’s to say.',
    alter(answer, { path, body }) {
      const long = typeof body?.text === 'string' && body.text.length > 16_384 && body.text.length <= 65_535;
      if (path.startsWith('/new') && long) refused(answer, 400);
    },
  },
  {
    where: '/feed and /latest',
    what: 'are always there',
    why: 'What they tell is public; Isso turns them off by default.',
    alter(answer, { method, path }, real, ours) {
      if (method !== 'GET' || real.status !== 404) return;
      if (/^\/(feed\?uri|latest\?limit=\d)/.test(path) && ours.status === 200) copy(answer, ours);
      if (/^\/(feed|latest)$/.test(path)) answer.status = 400;
    },
  },
  {
    where: '/feed',
    what: 'is Atom by its type; leaves out what is gone; has the newest first, whatever they answer; `limit` lowers the number; names are escaped once, and nobody’s is Anonymous',
    why: 'Isso calls it XML, shows the empty texts of what was taken back, puts replies last, and lets `limit` only raise the number.',
    alter(answer, { path }, real, ours) {
      if (!path.startsWith('/feed?') || real.status !== 200) return;
      answer.headers['content-type'] = 'application/atom+xml';
      const { body } = answer;
      const number = ({ id }) => Number(/\d+$/.exec(id)[0]);
      body.entries = body.entries.filter(({ content }) => content.text !== '<p></p>');
      body.entries.sort((one, other) => number(other) - number(one));
      const limit = /limit=(-?\d+)/.exec(path)?.[1];
      if (limit) body.entries.splice(Number(limit));
      if (Number(limit) < 0) refused(answer, 400);
      for (const entry of body.entries) {
        entry.author = entry.author?.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&') ?? 'Anonymous';
        entry.content.text = laidOut(entry.content.text).replaceAll('\u202E', '');
      }
      // Isso has no time for an empty one; here it is the time at which the site began.
      if (body.entries?.length === 0) body.updated = ours.body.updated;
    },
  },
  {
    where: '/demo, /admin and /login',
    what: 'lead to Parlour’s own',
    why: 'There is one administration for all sites.',
    alter(answer, { path }, real, ours) {
      const there = /\/(admin|demo)\/$/.test(ours.headers.location ?? '');
      if (/^\/(demo|admin|login)\b/.test(path) && ours.status === 303 && there) copy(answer, ours);
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
      if (file && ours.status === 404) copy(answer, ours);
      if (/^\/id\/\d{19,}/.test(path)) refused(answer, 404);
    },
  },
];

function refused(answer, status) {
  answer.status = status;
  answer.headers['content-type'] = 'application/problem+json';
  answer.body = '<a refusal with a message>';
  delete answer.headers['set-cookie'];
  delete answer.headers['x-set-cookie'];
}

function laidOut(html) {
  return html
    .replaceAll('<p></p>', '')
    .replaceAll('&quot;', '"')
    .replaceAll('rel="nofollow noopener"', 'rel="nofollow ugc noopener"');
}

/** What cannot be computed from Isso's answer is as it is here. */
function copy(answer, ours) {
  for (const name of Object.keys(answer)) delete answer[name];
  Object.assign(answer, structuredClone(ours));
}

/** Every comment in an answer. */
function all(body) {
  const found = [];
  each(body, (comment) => found.push(comment));
  return found;
}

/** Calls `change` with every comment in an answer. */
function each(body, change) {
  if (!body || typeof body !== 'object') return;
  if (Array.isArray(body)) return body.forEach((one) => each(one, change));
  if ('mode' in body) change(body);
  if (body.replies) each(body.replies, change);
}

/** Seconds of a cookie: as many as Isso's, less those that have gone by since the comment was posted. */
function left(theirs, ours) {
  const seconds = Number(ours?.['max-age']);
  return seconds > 0 && seconds <= Number(theirs['max-age']) ? ours['max-age'] : theirs['max-age'];
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
