// The same requests to a real Isso 0.14.0 and to Parlour's door for Isso's clients. What may differ is in differences.mjs.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { AS_ISSO, beside } from './lib/beside.mjs';

/** Networks of the documentation's, as good as any other (RFC 5737); Isso and Parlour tell them apart by their first 24 bits. */
const [ADA, BOB, CYD, DEE] = ['192.0.2.1', '198.51.100.2', '203.0.113.3', '233.252.0.4'];

const ada = { author: 'Ada', email: 'ada@example.org', from: ADA };
const bob = { author: 'Bob', from: BOB };

const MODERATED = { isso: { moderation: { enabled: 'on' } }, site: { moderation: 'all' } };
const UNICODE = 'Grüße, 你好, 🎉👩‍👩‍👧, שלום, e\u0301, \u202Eback';

const query = (parameters) => `/?${new URLSearchParams(parameters)}`;

const on = beside();

/** A conversation with everything in it: replies, replies to them, edits, votes, what was taken back with and without replies. */
async function conversation(both, uri) {
  const first = await both.says(uri, 'The first', ada); // 1
  await both.says(uri, 'The second', bob); // 2
  await both.says(uri, 'A reply to the first', { ...bob, parent: 1 }); // 3
  await both.says(uri, 'A reply to the reply', { ...ada, parent: 3 }); // 4
  await both.says(uri, 'To be taken back', { from: CYD }); // 5
  await both.says(uri, 'Another reply to the first', { author: 'Cyd', website: 'cyd.example', from: CYD, parent: 1 }); // 6
  await both.says(uri, 'A reply to the second', { ...ada, parent: 2 }); // 7
  await both.says(uri, UNICODE, { author: 'Ünïcödé 🎉', from: DEE }); // 8
  await both.says(uri, 'A reply to be taken back', { ...bob, parent: 8 }); // 9
  await both.says(uri, 'The *last* of `them`', { from: CYD }); // 10
  for (const [id, vote, from] of [
    [1, 'dislike', CYD],
    [2, 'like', ADA],
    [2, 'like', CYD],
    [3, 'like', ADA],
    [8, 'like', ADA],
    [10, 'dislike', ADA],
    [10, 'dislike', BOB],
  ]) {
    await both.asks('POST', `/id/${id}/${vote}`, { from });
  }
  await both.asks('PUT', '/id/1', { tokens: [1], body: { text: 'The first, edited' }, from: ADA });
  await both.asks('PUT', '/id/6', { tokens: [6], body: { text: 'A reply, edited' }, from: CYD });
  for (const id of [2, 5, 9]) await both.asks('DELETE', `/id/${id}`, { tokens: [id] });
  return first;
}

describe('fetch', () => {
  on.compares('answers an unknown thread with an empty one', {}, async (both) => {
    await both.get(query({ uri: '/nowhere' }));
    await both.get(query({ uri: '/nowhere', parent: 1 }));
    await both.get(query({ uri: '/nowhere', limit: 5, nested_limit: 5, offset: 3 }));
    await both.get(query({ uri: '' }));
  });

  on.compares('shows a conversation by every combination of parameters', {}, async (both) => {
    const uri = '/page/one';
    await conversation(both, uri);
    await both.says('/page/two', 'Elsewhere', { from: DEE });
    const some = (name, values) => values.map((value) => (value === undefined ? {} : { [name]: value }));
    for (const sort of some('sort', [undefined, 'oldest', 'newest', 'upvotes'])) {
      for (const limit of some('limit', [undefined, 0, 1, 2, 100])) {
        for (const nested of some('nested_limit', [undefined, 0, 1, 100])) {
          for (const offset of some('offset', [undefined, 0, 1, 3])) {
            await both.get(query({ uri, ...sort, ...limit, ...nested, ...offset }));
          }
        }
      }
    }
    for (const parent of [1, 2, 3, 5, 8, 9, 10, 11, 999, 0, -1]) {
      for (const more of [{}, { limit: 1 }, { limit: 1, offset: 1 }, { nested_limit: 1 }, { sort: 'newest' }, { plain: 1 }]) {
        await both.get(query({ uri, parent, ...more }));
      }
    }
    for (const plain of ['', '0', '1', '2', 'false']) await both.get(query({ uri, plain }));
    await both.get(query({ uri: '/page/two' }));
  });

  on.compares('shows what came after a moment', {}, async (both) => {
    const uri = '/page/one';
    const moments = [];
    for (const [place, parent] of [null, null, 1, null, 2, 1].entries()) {
      moments.push(await both.says(uri, `Comment ${place + 1}`, { parent, from: ADA }));
    }
    const created = (side, answer) => JSON.parse(answer[side.name].text).created;
    for (const answer of moments) {
      for (const more of [{}, { sort: 'newest' }, { limit: 1 }, { limit: 1, offset: 1 }, { parent: 1 }, { nested_limit: 1 }]) {
        await both.get((side) => query({ uri, after: created(side, answer), ...more }));
      }
    }
    for (const after of ['0', '-5', '1e3']) await both.get(query({ uri, after }));
  });

  on.compares('refuses what it cannot read', {}, async (both) => {
    await both.says('/page/one', 'A comment');
    await both.get('/');
    await both.get('/?url=/page/one');
    for (const [name, values] of Object.entries({
      sort: ['', 'best', 'Newest', 'karma'],
      limit: ['', 'x', '1.5', '-', 'inf'],
      nested_limit: ['', 'x', '1.5'],
      offset: ['', 'x', '-1', '1.5'],
      parent: ['', 'x', 'null', '1.5'],
    })) {
      for (const value of values) await both.get(query({ uri: '/page/one', [name]: value }));
    }
  });

  on.compares('knows a thread by its name exactly as it is sent', {}, async (both) => {
    const names = ['/page/a', '/page/a/', '/page/a?b=c', '/page/a?b=c&d', '/page/A', 'page', 'page with spaces', '/page/ü', '/page/%C3%BC', '/page/a#x'];
    for (const name of names) await both.says(name, `On ${name}`);
    for (const name of names) await both.get(query({ uri: name }));
    await both.asks('POST', '/count', { body: names });
    await both.get('/?uri=/page/a');
    await both.get('/?uri=/page/%C3%BC');
    await both.get('/?uri=page+with+spaces');
  });
});

describe('new', () => {
  on.compares('takes every member of a comment', {}, async (both) => {
    const uri = '/page/one';
    await both.says(uri, 'Three');
    await both.asks('POST', `/new?uri=${uri}`, { body: { text: 'Nothing but text' } });
    await both.says(uri, 'abc');
    await both.says(uri, '  spaces around  ');
    await both.says(uri, UNICODE, { author: UNICODE });
    await both.says(uri, 'Who', { author: 'Ada <b>&</b> "Lovelace"' });
    await both.says(uri, 'Who', { author: '' });
    await both.says(uri, 'Who', { author: '   ' });
    await both.says(uri, 'Mail', { email: 'not an address' });
    await both.says(uri, 'Mail', { email: '' });
    await both.says(uri, 'Mail', { email: 'ada@example.org', notification: 1 });
    await both.says(uri, 'Mail', { email: 'ada@example.org', notification: 0 });
    await both.says(uri, 'A member that nobody knows', { mode: 4, likes: 5, id: 77, created: 1, hash: 'abc' });
    await both.says(uri, 'Title', { title: 'Another title' });
    await both.get(query({ uri }));
  });

  on.compares('takes web sites of all sorts, and refuses others', {}, async (both) => {
    const uri = '/page/one';
    for (const website of [
      'https://ada.example',
      'http://ada.example/path?query=1&more=2#there',
      'ada.example',
      'ada.example/path',
      'ada.example:8080/x',
      'http://192.0.2.1/',
      'https://grüße.example/ü',
      "https://ada.example/?q='\"<x>",
      'HTTPS://ADA.EXAMPLE',
      '',
      'ada',
      'ftp://ada.example',
      'javascript:alert(1)',
      'ada.example /x',
      `https://ada.example/${'x'.repeat(235)}`,
      5,
    ]) {
      await both.says(uri, 'A web site', { website });
    }
    // Not for readers elsewhere, or longer than anybody writes.
    for (const website of ['localhost', 'http://localhost:8000', `https://ada.example/${'x'.repeat(234)}`]) {
      const body = { text: 'A web site', title: 'A thread', website };
      const { isso, parlour } = await both.asks('POST', `/new?uri=${uri}`, { body, apart: true });
      assert.deepEqual([isso.status, parlour.status], [201, 400]);
    }
  });

  on.compares('says what is wrong', {}, async (both) => {
    const uri = '/page/one';
    const post = (body, options) => both.asks('POST', `/new?uri=${uri}`, { body, ...options });
    for (const text of [undefined, null, '', 'ab', 'ab   ', '   ', '\n\n\n', 5, true, ['abc'], {}]) {
      await post({ title: 'A thread', ...(text !== undefined && { text }) });
    }
    for (const parent of ['1', 1.5, [], {}]) await both.says(uri, 'A comment', { parent });
    for (const author of [5, [], {}, true]) await both.says(uri, 'A comment', { author });
    for (const email of [5, [], {}, 'x'.repeat(254), 'x'.repeat(255)]) await both.says(uri, 'A comment', { email });
    for (const body of ['', '{', '[1]', '"text"', '5', 'null', '[]', '{"text": "abc"', 'text=abc']) await post(body);
    await both.asks('POST', '/new', { body: { text: 'A comment', title: 'A thread' } });
    await both.asks('POST', '/new?url=/page/one', { body: { text: 'A comment', title: 'A thread' } });
    await both.get(query({ uri }));
  });

  on.compares('takes text up to its bound', {}, async (both) => {
    const uri = '/page/one';
    for (const length of [AS_ISSO.max_text_length, AS_ISSO.max_text_length + 1, 65_535, 65_536, 100_000]) {
      await both.says(uri, 'x'.repeat(length));
    }
    await both.says(uri, 'x'.repeat(300_000));
  });

  on.compares('puts a reply under its root, and under none that is not there', {}, async (both) => {
    const uri = '/page/one';
    await both.says(uri, 'One'); // 1
    await both.says('/page/two', 'Two'); // 2
    await both.says(uri, 'Reply', { parent: 1 }); // 3
    await both.says(uri, 'Reply to a reply', { parent: 3 }); // 4
    await both.says(uri, 'Reply to that', { parent: 4 }); // 5
    for (const parent of [2, 999, 0, -1]) await both.says(uri, `Reply to ${parent}`, { parent });
    await both.says('/page/three', 'A reply that begins a thread', { parent: 1 });
    await both.get(query({ uri }));
    await both.get(query({ uri: '/page/two' }));
    await both.get(query({ uri: '/page/three' }));
  });

  on.compares('opens a thread with a title, or without', {}, async (both) => {
    const open = (page, title, options) =>
      both.asks('POST', `/new?uri=/${page}/${encodeURIComponent(title)}`, { body: { text: 'A comment', title }, ...options });
    for (const title of [undefined, null, '', 'A title', UNICODE]) await open('page', title);
    for (const title of ['A title', UNICODE]) await open('gone', title);
    // Isso fetches the page for a title, and takes no comment where there is none.
    for (const title of [undefined, null, '']) {
      const { isso, parlour } = await open('gone', title, { apart: true });
      assert.deepEqual([isso.status, parlour.status], [400, 201]);
    }
  });

  on.compares('holds comments for a moderator', MODERATED, async (both) => {
    const uri = '/page/one';
    await both.says(uri, 'Held', ada);
    await both.says(uri, 'Held too', bob);
    await both.get(query({ uri }));
    await both.get(query({ uri, parent: 1 }));
    await both.asks('POST', '/count', { body: [uri] });
    await both.get('/id/1', { tokens: [1] });
    await both.get('/id/1?plain=1', { tokens: [1] });
    await both.asks('PUT', '/id/1', { tokens: [1], body: { text: 'Held, edited' } });
    await both.asks('POST', '/id/1/like', { from: CYD, gone: true });
    await both.get('/info');
    await both.asks('DELETE', '/id/1', { tokens: [1] });
    await both.get(query({ uri }));
  });

  on.compares(
    'asks for what the site asks for',
    { isso: { guard: { enabled: 'on', ratelimit: 1000, 'direct-reply': 1000, 'require-author': 'on', 'require-email': 'on' } },
      site: { require_name: true, require_email: true } },
    async (both) => {
      await both.get('/config');
      await both.says('/page/one', 'Neither');
      await both.says('/page/one', 'A name', { author: 'Ada' });
      await both.says('/page/one', 'An address', { email: 'ada@example.org' });
      await both.says('/page/one', 'Empty', { author: '', email: '' });
      await both.says('/page/one', 'Both', { author: 'Ada', email: 'ada@example.org' });
      await both.get(query({ uri: '/page/one' }));
    },
  );
});

describe('view', () => {
  on.compares('shows a comment to whoever may edit one', {}, async (both) => {
    await both.says('/page/one', 'The *first*', ada);
    await both.says('/page/one', 'The second', { ...bob, parent: 1 });
    for (const path of ['/id/1', '/id/1?plain=0', '/id/1?plain=1', '/id/1?plain=2', '/id/1?plain=']) {
      await both.get(path, { tokens: [1] });
    }
    await both.get('/id/2', { tokens: [1, 2] });
    await both.get('/id/1');
    await both.get('/id/1', { tokens: { 1: 'nonsense' } });
    await both.get('/id/1', { tokens: { 1: '' } });
    await both.get('/id/1', { tokens: { 2: 1 } });
    for (const id of ['99', '0', 'x', '-1', '1.5', '01', '99999999999999999999']) await both.get(`/id/${id}`, { tokens: [1] });
    await both.get('/id/', { tokens: [1] });
  });
});

describe('edit', () => {
  on.compares('changes what is sent and leaves the rest', {}, async (both) => {
    const uri = '/page/one';
    await both.says(uri, 'The first', { ...ada, website: 'ada.example' });
    const edit = (body, options) => both.asks('PUT', '/id/1', { tokens: [1], body, from: ADA, ...options });
    await edit({ text: 'Edited' });
    await edit({ text: 'Edited', author: 'Ada <L>' });
    await edit({ text: 'Edited', website: 'https://ada.example/"new"' });
    await edit({ text: 'Edited', website: 'ada.example/without' });
    await edit({ text: 'Edited', author: null, website: null });
    await edit({ text: 'Edited *again*', email: 'eve@example.org', parent: null, title: 'x', notification: 1, mode: 2, id: 5 });
    await edit({ text: 'Edited *again*' });
    await edit({ text: UNICODE, author: UNICODE });
    await both.get(query({ uri }));
    await both.get('/id/1?plain=1', { tokens: [1] });
  });

  on.compares('says what is wrong', {}, async (both) => {
    await both.says('/page/one', 'The first', ada);
    const edit = (body, options) => both.asks('PUT', '/id/1', { tokens: [1], body, from: ADA, ...options });
    for (const text of [undefined, null, '', 'ab', 5, []]) await edit({ author: 'Ada', ...(text !== undefined && { text }) });
    for (const author of [5, []]) await edit({ text: 'Edited', author });
    for (const website of [5, 'ada', 'javascript:alert(1)', `https://ada.example/${'x'.repeat(235)}`]) {
      await edit({ text: 'Edited', website });
    }
    for (const body of ['', '{', '[1]', '"text"', 'null']) await edit(body);
    await edit({ text: 'x'.repeat(70_000) });
    await both.get('/id/1', { tokens: [1] });
  });

  on.compares('is for the author alone', {}, async (both) => {
    await both.says('/page/one', 'The first', ada);
    await both.says('/page/one', 'The second', bob);
    const body = { text: 'Edited' };
    await both.asks('PUT', '/id/1', { body });
    await both.asks('PUT', '/id/1', { body, tokens: [2] });
    await both.asks('PUT', '/id/1', { body, tokens: { 1: 2 } });
    await both.asks('PUT', '/id/1', { body, tokens: { 1: 'nonsense' } });
    await both.asks('PUT', '/id/99', { body });
    await both.asks('PUT', '/id/99', { body, tokens: { 99: 1 } });
    await both.get(query({ uri: '/page/one' }));
  });
});

describe('delete', () => {
  on.compares('takes back what nobody answered, and empties what somebody did', {}, async (both) => {
    const uri = '/page/one';
    await both.says(uri, 'One', { ...ada, website: 'ada.example' }); // 1
    await both.says(uri, 'Reply', { ...bob, parent: 1 }); // 2
    await both.says(uri, 'Two', ada); // 3
    await both.says(uri, 'Three', ada); // 4
    await both.asks('DELETE', '/id/3', { tokens: [3] });
    await both.get(query({ uri }));
    await both.asks('DELETE', '/id/1', { tokens: [1] });
    await both.get(query({ uri }));
    await both.get(query({ uri, parent: 1 }));
    await both.asks('POST', '/count', { body: [uri] });
    await both.get('/id/1', { tokens: { 1: 2 }, gone: true });
    await both.says(uri, 'A reply to what never was', { ...bob, parent: 3 }); // 5
    await both.asks('DELETE', '/id/2', { tokens: [2] });
    await both.get(query({ uri }));
    await both.asks('POST', '/count', { body: [uri] });
  });

  on.compares('is for the author alone', {}, async (both) => {
    await both.says('/page/one', 'One', ada);
    await both.says('/page/one', 'Two', bob);
    await both.asks('DELETE', '/id/1');
    await both.asks('DELETE', '/id/1', { tokens: [2] });
    await both.asks('DELETE', '/id/1', { tokens: { 1: 2 } });
    await both.asks('DELETE', '/id/1', { tokens: { 1: 'nonsense' } });
    await both.asks('DELETE', '/id/99');
    await both.asks('DELETE', '/id/1', { tokens: [1], body: {} });
    await both.get(query({ uri: '/page/one' }));
  });

  on.compares('happens once', {}, async (both) => {
    const uri = '/page/one';
    await both.says(uri, 'One', ada);
    await both.says(uri, 'Two', { ...bob, parent: 1 });
    await both.says(uri, 'Three', ada);
    await both.says(uri, 'Four', ada);
    for (const id of [1, 3]) {
      await both.asks('DELETE', `/id/${id}`, { tokens: [id] });
      await both.asks('DELETE', `/id/${id}`, { tokens: [id], gone: true });
      await both.asks('PUT', `/id/${id}`, { tokens: [id], body: { text: 'Edited' }, gone: true });
      await both.get(`/id/${id}`, { tokens: [id], gone: true });
      await both.asks('POST', `/id/${id}/like`, { from: CYD, gone: true });
    }
  });

  on.compares('takes a thread’s last comment with its thread', {}, async (both) => {
    await both.says('/page/one', 'One', ada);
    await both.asks('DELETE', '/id/1', { tokens: [1] });
    await both.get(query({ uri: '/page/one' }));
    await both.asks('POST', '/count', { body: ['/page/one'] });
    // Isso gives the number of what is gone to what comes next.
    const sent = { body: { text: 'The next', title: 'A thread' }, apart: true };
    const { isso, parlour } = await both.asks('POST', '/new?uri=/page/one', sent);
    assert.deepEqual([isso, parlour].map(({ text }) => JSON.parse(text).id), [1, 2]);
  });
});

describe('votes', () => {
  on.compares('count once for each network', {}, async (both) => {
    await both.says('/page/one', 'One', ada);
    const vote = (id, way, from, options) => both.asks('POST', `/id/${id}/${way}`, { from, ...options });
    await vote(1, 'like', BOB);
    await vote(1, 'dislike', CYD);
    await vote(1, 'like', DEE, { body: '' });
    await vote(1, 'like', '192.88.99.1', { body: {} });
    await vote(99, 'like', BOB);
    await vote(99, 'dislike', BOB);
    await both.get('/id/1/like');
    await both.asks('PUT', '/id/1/like', { body: {} });
    await both.asks('POST', '/id/x/like');
    await both.get(query({ uri: '/page/one' }));
  });

  on.compares('are not changed, taken back or given to oneself', {}, async (both) => {
    await both.says('/page/one', 'One', ada);
    const vote = (id, way, from) => both.asks('POST', `/id/${id}/${way}`, { from });
    await vote(1, 'like', BOB);
    await vote(1, 'like', BOB);
    await vote(1, 'dislike', BOB);
    await vote(1, 'like', BOB.replace(/\d+$/, '200'));
    await vote(1, 'like', ADA);
    await vote(1, 'dislike', ADA);
    await both.get(query({ uri: '/page/one' }));
  });
});

describe('preview', () => {
  on.compares('renders as a comment would be', {}, async (both) => {
    for (const text of [
      'Plain',
      'Two\nlines',
      'Two\n\nparagraphs',
      '*em* **strong** `code` ~~gone~~',
      '# Heading\n\n## Second\n\n###### Sixth',
      '> quoted\n> more\n\nafter',
      '- one\n- two\n\n1. first\n2. second',
      '```\ncode\n  <b>\n```',
      '```js\nlet a = 1;\n```',
      '    indented',
      '[a link](https://a.example/?x=1&y=2 "title")',
      '<https://a.example>',
      'See https://a.example/x, please',
      '<ada@example.org>',
      '<b>bold</b> <script>alert(1)</script>',
      '&amp; &lt; & < > " \'',
      '[x](javascript:alert(1))',
      '![image](https://a.example/i.png)',
      '***',
      'a^2^ and H~2~O',
      '| a | b |\n|---|---|\n| 1 | 2 |',
      UNICODE,
      '',
      '   ',
      'x',
    ]) {
      await both.asks('POST', '/preview', { body: { text } });
    }
  });

  on.compares('says what is wrong', {}, async (both) => {
    for (const body of [{}, { text: null }, [], '', '{', 'null', '5', { text: 5 }, { text: [] }]) {
      await both.asks('POST', '/preview', { body });
    }
    await both.get('/preview');
    await both.asks('POST', '/preview', { body: { text: 'x'.repeat(300_000) } });
    await both.asks('POST', '/preview', { body: { text: 'From nowhere' }, headers: { Origin: undefined } });
    await both.asks('POST', '/preview', { body: { text: 'A form' }, headers: { 'Content-Type': 'text/plain' } });
  });
});

describe('count', () => {
  on.compares('counts what is published, in the order of the question', {}, async (both) => {
    await conversation(both, '/page/one');
    await both.says('/page/two', 'Elsewhere');
    for (const body of [['/page/one'], ['/page/two', '/nowhere', '/page/one', '/page/one'], [], [''], ['/page/one/', '/page/ONE']]) {
      await both.asks('POST', '/count', { body });
    }
    await both.asks('POST', '/count', { body: Array.from({ length: 100 }, (_, n) => `/page/${n}`) });
    await both.asks('POST', '/count', { body: ['/page/one'], headers: { Origin: undefined, 'Content-Type': undefined } });
  });

  on.compares('refuses what is no list of names', {}, async (both) => {
    await both.says('/page/one', 'One');
    for (const body of ['"/page/one"', '{}', '{"/page/one": 1}', '5', 'null', 'true', '[1]', '[null]', '[["/page/one"]]', '[', '']) {
      await both.asks('POST', '/count', { body });
    }
    await both.get('/count');
    await both.asks('PUT', '/count', { body: [] });
  });
});

describe('feed', () => {
  const WITH_FEED = { isso: { rss: { base: 'https://blog.example/', limit: 100 } } };

  on.compares('is not there unless it is set up', {}, async (both) => {
    await both.says('/page/one', 'One');
    await both.get('/feed?uri=/page/one');
    await both.get('/feed');
  });

  on.compares('has the newest comments of a thread', WITH_FEED, async (both) => {
    await both.get('/feed?uri=/page/one');
    await conversation(both, '/page/one');
    await both.get('/feed?uri=/page/one');
    await both.get('/feed?uri=/page/one&limit=2');
    await both.get('/feed?uri=/page/one&limit=1000');
    for (const limit of ['', 'x', '-1', '0']) await both.get(`/feed?uri=/page/one&limit=${limit}`);
    await both.get('/feed');
    await both.get('/config');
  });
});

describe('latest', () => {
  on.compares('is not there unless it is set up', {}, async (both) => {
    await both.get('/latest?limit=5');
    await both.get('/latest');
  });
});

describe('the rest', () => {
  on.compares('config and info say how the site is set up', {}, async (both) => {
    await both.get('/config');
    await both.get('/info');
    await both.asks('HEAD', '/config');
    await both.asks('HEAD', query({ uri: '/page/one' }));
    await both.asks('POST', '/config', { body: {} });
  });

  on.compares('demo and administration lead somewhere', {}, async (both) => {
    for (const path of ['/demo', '/demo/', '/demo/index.html', '/admin', '/admin/', '/login', '/login/']) await both.get(path);
    await both.asks('POST', '/login/', { body: 'password=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
  });

  on.compares('unknown paths and methods', {}, async (both) => {
    for (const path of ['/nothing', '/new', '/new/', '/id/1/nothing', '/id', '/js/nothing.js', '/css/', '/index.html', '/info/']) await both.get(path);
    for (const [method, path] of [['DELETE', '/'], ['PUT', '/new'], ['PATCH', '/id/1'], ['POST', '/'], ['POST', '/id/1'], ['POST', '/latest']]) {
      await both.asks(method, path);
    }
  });

  on.compares('CORS for the site’s own pages and for others', {}, async (both) => {
    const uri = '/page/one';
    await both.says(uri, 'One');
    const origins = [both.origin, undefined, 'null', 'https://evil.example', `${both.origin}.evil.example`, both.origin.replace('http:', 'https:'), both.origin.replace(/:\d+$/, '')];
    for (const origin of origins) {
      const headers = { Origin: origin };
      await both.get(query({ uri }), { headers });
      await both.get('/config', { headers });
      await both.get('/nothing', { headers });
      await both.asks('POST', '/count', { body: [uri], headers });
      for (const [method, path] of [['POST', '/new'], ['GET', '/'], ['PUT', '/id/1'], ['DELETE', '/id/1'], ['POST', '/count'], ['POST', '/preview'], ['POST', '/id/1/like']]) {
        const asked = { 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'content-type' };
        await both.asks('OPTIONS', path, { headers: { ...headers, ...asked } });
      }
      await both.asks('OPTIONS', '/nothing', { headers });
    }
    await both.get('/config', { headers: { Origin: undefined, Referer: `${both.origin}/page/one` } });
  });

  on.compares('writes come from the site’s pages, as JSON', {}, async (both) => {
    const uri = '/page/one';
    await both.says(uri, 'One', ada); // 1
    const writes = [
      ['POST', `/new?uri=${uri}`, { text: 'Another', title: 'x' }, []],
      ['PUT', '/id/1', { text: 'Edited' }, [1]],
      ['POST', '/id/1/like', {}, []],
      ['POST', '/id/1/dislike', {}, []],
      ['DELETE', '/id/1', {}, [1]],
    ];
    const each = async (headers) => {
      for (const [method, path, body, tokens] of writes) await both.asks(method, path, { body, tokens, headers, from: CYD });
    };
    await each({ 'Content-Type': 'text/plain' });
    await each({ 'Content-Type': 'application/x-www-form-urlencoded' });
    await each({ 'Content-Type': 'text/json' });
    await both.get(query({ uri }));
    await each({ 'Content-Type': 'application/json; charset=utf-8' });
    await both.says(uri, 'Next', ada);
    await both.get(query({ uri }));
    await each({ Origin: 'https://evil.example' });
    await each({ Origin: undefined });
  });
});

describe('the list of differences', () => {
  on.findsEveryDifference();
});
