// A receiver of webhooks as somebody would write one: with the public library of Standard Webhooks.
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** Listens on this machine. What arrives is kept, verified or not; `answer` says what is answered, 204 if nothing. */
export async function startReceiver() {
  const self = {
    /** `{ id, signatures, event, fault }` of each request. */
    got: [],
    secret: undefined,
    answer: () => ({ status: 204 }),
    /** Resolves to the request of this number, however long it takes to come. */
    async arrival(number) {
      while (self.got.length < number) await new Promise((resolve) => waiting.push(resolve));
      return self.got[number - 1];
    },
  };
  const waiting = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const arrived = {
      id: request.headers['webhook-id'],
      signatures: request.headers['webhook-signature']?.split(' ') ?? [],
      ...verified(self.secret, body, request.headers),
    };
    const { status, body: said = '' } = self.answer(arrived);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(said);
    self.got.push(arrived);
    waiting.splice(0).forEach((resolve) => resolve());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  self.url = `http://127.0.0.1:${server.address().port}/parlour`;
  self.stop = () => new Promise((resolve) => server.close(resolve));
  return self;
}

function verified(secret, body, headers) {
  try {
    return { event: new Webhook(secret).verify(body, headers) };
  } catch (fault) {
    return { fault };
  }
}
