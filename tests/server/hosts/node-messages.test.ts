import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { toRequest } from '../../../server/hosts/node-messages.ts';

it('a sender that went away before the body was asked for → the body is broken, not waited for', async () => {
  const message = new IncomingMessage(new Socket());
  Object.assign(message, { method: 'POST', url: '/ap/inbox' });
  message.on('error', () => {});
  await new Promise((resolve) => {
    message.on('close', resolve);
    message.destroy(new Error('aborted'));
  });
  await expect(toRequest(message, 'https://blog.test')?.text()).rejects.toThrow('closed');
});
