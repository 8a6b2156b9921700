// A mail server that takes what it gets, or keeps whoever sends a mail waiting for its answer.
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function startSmtp() {
  const mails = [];
  const sockets = new Set();
  const smtp = { isSilent: false, waiting: 0, mails };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => {});
    let [text, mail] = ['', undefined];
    socket.write('220 test\r\n');
    socket.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (mail !== undefined && line !== '.') mail += `${line}\n`;
        else if (mail !== undefined && smtp.isSilent) smtp.waiting += 1;
        else if (mail !== undefined) {
          mails.push(mail);
          mail = undefined;
          socket.write('250 taken\r\n');
        } else if (/^DATA/i.test(line)) {
          mail = '';
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  smtp.url = `smtp://127.0.0.1:${server.address().port}`;
  smtp.stop = async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  };
  return smtp;
}
