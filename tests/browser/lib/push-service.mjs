// A push service and the browser's half of it: what it is sent is decrypted with the public library of RFC 8188 and RFC 8291.
import { createECDH, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import ece from 'http_ece';

/** Listens on this machine. `subscription` is what a browser's `PushSubscription.toJSON()` says. */
export async function startPushService() {
  const waiting = [];
  const keys = createECDH('prime256v1');
  keys.generateKeys();
  const auth = randomBytes(16).toString('base64url');
  const self = {
    /** `{ headers, message }` of each request. */
    got: [],
    /** Resolves to the message of this number, however long it takes to come. */
    async message(number) {
      while (self.got.length < number) await new Promise((resolve) => waiting.push(resolve));
      return self.got[number - 1];
    },
  };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const plain = ece.decrypt(Buffer.concat(chunks), { version: 'aes128gcm', privateKey: keys, authSecret: auth });
    self.got.push({ headers: request.headers, message: JSON.parse(plain) });
    response.writeHead(201).end();
    waiting.splice(0).forEach((resolve) => resolve());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  self.subscription = {
    endpoint: `http://127.0.0.1:${server.address().port}/browser/1`,
    keys: { p256dh: keys.getPublicKey('base64url'), auth },
  };
  self.stop = () => new Promise((resolve) => server.close(resolve));
  return self;
}
