// A mail server that keeps what it gets, for everybody. It asks for a password, as the real ones do.
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const PATIENCE = 30_000;
const CREDENTIALS = { user: 'parlour', pass: 'a relay’s password' };

/**
 * Resolves to `{ url, mailTo, stop }`; `mailTo` to the next mail to an address that was not asked for yet. Its `source` is what came over the
 * wire.
 */
export async function openMailbox() {
  const mails = [];
  const readers = new Set();
  const tell = () => readers.forEach((look) => look());

  const server = new SMTPServer({
    // On this machine, and nobody listens in.
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password }, session, answer) {
      const isRight = username === CREDENTIALS.user && password === CREDENTIALS.pass;
      answer(isRight ? null : new Error('not the password'), { user: username });
    },
    async onData(stream, session, answer) {
      const source = await buffer(stream);
      const mail = Object.assign(await simpleParser(source), { source });
      mails.push({ mail, to: session.envelope.rcptTo.map(({ address }) => address), read: false });
      answer();
      tell();
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address();
  const credentials = `${CREDENTIALS.user}:${encodeURIComponent(CREDENTIALS.pass)}`;

  const take = (address) => {
    const found = mails.find(({ to, read }) => !read && to.includes(address));
    if (found) found.read = true;
    return found?.mail;
  };

  function mailTo(address) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const mail = take(address);
        if (!mail) return;
        clearTimeout(timer);
        readers.delete(look);
        resolve(mail);
      };
      const timer = setTimeout(() => {
        readers.delete(look);
        const subjects = mails.map(({ to, mail }) => `${to}: ${mail.subject}`);
        reject(new Error(`no mail to ${address} among\n${subjects.join('\n')}`));
      }, PATIENCE);
      readers.add(look);
      look();
    });
  }

  return {
    url: `smtp://${credentials}@127.0.0.1:${port}`,
    mailTo,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** The page that a mail leads to: the same in the text as in the HTML. */
export function linkIn(mail) {
  const [, button] = /<a href="([^"]+)"/.exec(mail.html) ?? [];
  if (!button || !mail.text.includes(button)) throw new Error(`no link in\n${mail.text}\n${mail.html}`);
  return button;
}
