// An answer as the comparison sees it: what clients read, with what must differ between any two servers replaced by names.

const CORS = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
];

/** The hash of what is gone. */
const NOBODY = '000000000000';

/** Seconds by which clocks of one machine may seem to differ: `Date` is cut to whole seconds. */
const SLACK = 2;

/**
 * One server's answers. The same value always gets the same name, a different one another: two servers agree if equal things are
 * equal on both, whatever their values are. `root` is the server's address. With `fresh`, numbers of comments are named too: the
 * servers have counted differently. What is after `began` (in seconds) was made in this test, to the exactness of each server.
 */
export class Reading {
  #root;
  #fresh;
  #names = new Map();
  #began;
  /** The newest edit token of each comment. */
  tokens = new Map();

  constructor(root, { fresh = false, began = Date.now() / 1000 } = {}) {
    this.#root = root;
    this.#fresh = fresh;
    this.#began = began;
  }

  #name(kind, value) {
    if (!this.#names.has(kind)) this.#names.set(kind, new Map());
    const known = this.#names.get(kind);
    if (!known.has(value)) known.set(value, `<${kind} ${known.size + 1}>`);
    return known.get(value);
  }

  #isNow(seconds) {
    return seconds >= this.#began - SLACK && seconds <= Date.now() / 1000 + SLACK;
  }

  read({ status, headers, text }) {
    return { status, headers: this.#headers(headers), body: this.#body(headers['content-type'] ?? '', text, status) };
  }

  #headers(all) {
    const read = {};
    for (const name of ['content-type', 'allow', ...CORS]) if (all[name] !== undefined) read[name] = all[name];
    // Names of the browser's methods and headers are a set.
    for (const name of ['allow', ...CORS.slice(2)]) if (read[name]) read[name] = set(read[name]);
    if (all.vary) read.vary = set(all.vary.toLowerCase());
    // Isso says it twice where it also says how long something may be kept.
    const date = /^.*? GMT/.exec(all.date ?? '')?.[0];
    read.date = this.#isNow(Date.parse(date) / 1000) ? '<now>' : all.date;
    if (all['retry-after']) read['retry-after'] = /^[1-9]\d*$/.test(all['retry-after']) ? '<seconds>' : all['retry-after'];
    if (all.location) read.location = this.#plain(all.location);
    if (all['set-cookie']) read['set-cookie'] = all['set-cookie'].map((cookie) => this.#cookie(cookie, /^(\d+)$/));
    if (all['x-set-cookie']) read['x-set-cookie'] = this.#cookie(all['x-set-cookie'], /^isso-(\d+)$/);
    return read;
  }

  /** `{ name, value, ...attributes }`; the token is kept for later requests. */
  #cookie(cookie, form) {
    const [pair, ...attributes] = cookie.split(/; ?/);
    const [name, value] = /^([^=]*)=(.*)$/.exec(pair).slice(1);
    const read = { name, value: value && '<token>' };
    const number = form.exec(name)?.[1];
    if (number && value) this.tokens.set(Number(number), value);
    for (const attribute of attributes) {
      const [key, given = true] = attribute.split('=');
      read[key.toLowerCase()] = given;
    }
    if (read.path && read.path !== '/') read.path = this.#root.endsWith(read.path) ? '<root>' : read.path;
    if (read.expires) {
      const lifetime = Date.parse(read.expires) / 1000 - Date.now() / 1000;
      read.expires = Math.abs(lifetime - Number(read['max-age'])) <= SLACK ? '<with max-age>' : read.expires;
    }
    return read;
  }

  #body(type, text, status) {
    if (/problem\+json/.test(type) && text) {
      const problem = JSON.parse(text);
      // Its words are for people, and each server's own.
      const whole = problem.status === status && typeof problem.message === 'string' && problem.message !== '';
      return whole ? '<a refusal with a message>' : problem;
    }
    if (/json/.test(type)) return text && this.#json(JSON.parse(text));
    // For people as well: that it is a whole page with something on it is what can be compared.
    if (/html/.test(type) && status >= 400 && /<h1>[^<]+<\/h1>/.test(text)) return '<a page that refuses>';
    if (/xml/.test(type)) return this.#feed(text);
    return this.#plain(text);
  }

  #plain(text) {
    return text.replaceAll(this.#root, '<root>');
  }

  #json(value, key) {
    if (Array.isArray(value)) return value.map((one) => this.#json(one));
    if (value && typeof value === 'object') {
      // Whose it was that is gone is not compared with whose anything is.
      const gone = value.mode === 4 && value.hash && { hash: value.hash === NOBODY ? '<nobody>' : '<somebody>' };
      const read = Object.entries({ ...value, ...gone }).map(([name, one]) => [name, this.#json(one, name)]);
      return Object.fromEntries(read);
    }
    if ((key === 'created' || key === 'modified') && typeof value === 'number') return this.time(value);
    if (this.#fresh && (key === 'id' || key === 'parent') && value !== null) return this.#name('comment', value);
    if (key === 'hash' && /^[0-9a-f]{12}$/.test(value)) return this.#name('author', value);
    return typeof value === 'string' ? this.#plain(value) : value;
  }

  /** A moment, by its order of appearance; one that is not of this test stays as it is. */
  time(seconds) {
    return this.#isNow(seconds) ? this.#name('moment', seconds) : seconds;
  }

  /** What feed readers make of an Atom document. */
  #feed(xml) {
    const [head, ...entries] = xml.split('<entry>');
    const one = (text, element) => unescape(new RegExp(`<${element}\\b[^>]*>([^<]*)</${element}>`).exec(text)?.[1]);
    const attributes = (text, element) => {
      const tag = new RegExp(`<${element}\\b([^>]*?)/?>`).exec(text)?.[1];
      return tag && Object.fromEntries([...tag.matchAll(/([\w:-]+)=["']([^"']*)["']/g)].map(([, k, v]) => [k, unescape(v)]));
    };
    // tag:blog.example,2018:/isso/THREAD/NUMBER
    const thread = (id) => id?.replace(/(?<=\/isso\/)[^/]+(?=\/\d+$)/, (name) => this.#name('thread', name));
    const moment = (text) => {
      const stamp = one(text, 'updated');
      return /Z$/.test(stamp ?? '') && this.#isNow(Date.parse(stamp) / 1000) ? '<now>' : stamp;
    };
    const answered = (reply) => reply && { ...reply, ref: thread(reply.ref) };
    return {
      namespaces: Object.values(attributes(head, 'feed')).sort(),
      id: one(head, 'id'),
      title: one(head, 'title'),
      updated: moment(head),
      entries: entries.map((text) => ({
        id: thread(one(text, 'id')),
        title: one(text, 'title'),
        updated: moment(text),
        author: one(text, 'name'),
        link: attributes(text, 'link'),
        content: { ...attributes(text, 'content'), text: one(text, 'content') },
        'in-reply-to': answered(attributes(text, 'thr:in-reply-to')),
      })),
    };
  }
}

function set(list) {
  return list.split(/\s*,\s*/).sort().join(', ');
}

const ENTITIES = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescape(text) {
  return text?.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16));
  });
}
