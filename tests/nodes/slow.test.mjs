// Two hundred clients who take their time, or send more than they may: they are cut off, and nobody else notices.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { until } from '../browser/lib/until.mjs';
import { Load } from './lib/load.mjs';
import { expect, ORIGIN, setUpAlone } from './lib/stage.mjs';

const CLIENTS = 200;

/** Opens a connection and sends what it is told to; `closed` resolves to what came back once the server has ended it. */
function open(port, say) {
  const socket = connect({ host: '127.0.0.1', port });
  let received = '';
  socket.setEncoding('utf8').on('data', (text) => (received += text));
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', () => resolve(received)));
  socket.once('connect', () => say(socket));
  return { socket, closed };
}

describe('beside clients that are slow or send floods', () => {
  let stage;
  before(async () => {
    // The clients are all of one network, which may have this many connections; and a second is long for a head.
    const settings = { PARLOUR_HEAD_SECONDS: '2', PARLOUR_BODY_SECONDS: '3', PARLOUR_CONNECTIONS_PER_NETWORK: '1000' };
    stage = await setUpAlone({ settings });
    expect(201, await stage.site.post('calm', 'As ever', { at: stage.node }));
  });
  after(() => stage?.stop());

  const kinds = {
    'say nothing': () => {},
    'send a head for ever': (socket) => trickle(socket, 'GET / HTTP/1.1\r\nhost: a\r\n', () => `x-${Math.random()}: y\r\n`),
    'send a body for ever': (socket) => {
      const head = ['host: a', `origin: ${ORIGIN}`, 'content-type: application/json', 'content-length: 100000'];
      const request = [`POST /v1/sites/${stage.site.key}/comments HTTP/1.1`, ...head, '', ''].join('\r\n');
      trickle(socket, request, () => ' ');
    },
    'send a flood of headers': (socket) => socket.write(`GET / HTTP/1.1\r\nhost: a\r\n${'x: y\r\n'.repeat(5000)}\r\n`),
  };

  function trickle(socket, first, next) {
    socket.write(first);
    const timer = setInterval(() => socket.write(next()), 200);
    socket.once('close', () => clearInterval(timer));
  }

  for (const [what, say] of Object.entries(kinds)) {
    it(`those who ${what} are cut off`, async () => {
      const { node } = stage;
      const load = new Load(stage);
      load.reader('read', 'calm', { at: node });
      load.writer('busy', { at: node });
      await until('people read and write', () => load.posts.length > 3);
      const clients = Array.from({ length: CLIENTS }, () => open(node.port, say));
      const before = load.posts.length;
      const ended = Promise.all(clients.map(({ closed }) => closed));
      await until('people go on beside them', () => load.posts.length > before + 10);
      const received = await ended;
      await load.stop();
      console.log(`${what}: reads of somebody else in ms: ${load.times('read')}`);
      assert.deepEqual(load.failed(), []);
      // Nothing, or a refusal; never what was asked for.
      assert.ok(received.every((text) => text === '' || /^HTTP\/1.1 4\d\d /.test(text)), received.find((text) => /^HTTP\/1.1 [^4]/.test(text)));
    });
  }
});
