import { createHook } from 'node:async_hooks';
import { get } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { BlockedAddressError } from '../../../server/http/addresses.ts';
import { type Agents, createAgents } from '../../../server/http/agents.ts';
import { recordConnections, resolving } from './peer.ts';

const agents: Agents[] = [];
afterEach(() => {
  for (const each of agents.splice(0)) each.close();
});

function make(...lists: string[][]) {
  const recorder = recordConnections();
  const made = createAgents({ allowPrivate: false, resolve: resolving(...lists), connect: recorder.connect });
  agents.push(made);
  return { made, opened: recorder.opened };
}

/** Asks without `guardUrl`, so that the agent is alone with the address. */
function ask(made: Agents, address: string): Promise<unknown> {
  const url = new URL(address);
  return new Promise((resolve) =>
    get(url, { agent: made.for(url) }).on('error', (error) => resolve('code' in error ? error.code : error.message)),
  );
}

describe('agents', () => {
  it('a public name is connected to the address that was checked', async () => {
    const { made, opened } = make(['93.184.215.14']);
    expect(await ask(made, 'https://peer.example/')).toBe('recorded');
    expect(opened).toEqual(['93.184.215.14']);
  });

  it.each([
    [['10.0.0.1']],
    [['127.0.0.1']],
    [['::1']],
    [['::ffff:10.0.0.1']],
    [['64:ff9b::a00:1']],
    [['2002:a00:1::']],
    [['93.184.215.14', '10.0.0.1']],
    [['10.0.0.1', '93.184.215.14']],
    [['2606:4700::1111', 'fd00::1']],
  ])('a name that leads to %j opens no socket', async (answers) => {
    const { made, opened } = make(answers);
    expect(await ask(made, 'https://peer.example/')).toBe(BlockedAddressError.code);
    expect(opened).toEqual([]);
  });

  it('a name that turns private between two connections is refused at the second', async () => {
    const { made, opened } = make(['93.184.215.14'], ['192.168.0.1']);
    expect(await ask(made, 'https://peer.example/')).toBe('recorded');
    expect(await ask(made, 'https://peer.example/')).toBe(BlockedAddressError.code);
    expect(opened).toEqual(['93.184.215.14']);
  });

  it.each(['10.0.0.1', '2130706433', '0x7f.1', '0177.1', '[::1]', '[::ffff:10.0.0.1]', '[fd00::1]', '169.254.169.254'])(
    'the literal %s opens no socket, although no lookup is made for it',
    async (host) => {
      const { made, opened } = make([]);
      expect(await ask(made, `https://${host}/`)).toBe(BlockedAddressError.code);
      expect(opened).toEqual([]);
    },
  );

  it('a name without answers fails as unknown', async () => {
    const { made } = make([]);
    expect(await ask(made, 'https://peer.example/')).toBe('ENOTFOUND');
  });

  it('with real sockets too, no TCP connect is begun for a refused name', async () => {
    let connects = 0;
    const count = (_id: number, type: string) => {
      if (type === 'TCPCONNECTWRAP') connects += 1;
    };
    const hook = createHook({ init: count }).enable();
    // Loopback, so that nothing leaves the machine even when the guard is broken.
    const made = createAgents({ allowPrivate: false, resolve: resolving(['127.0.0.1']) });
    agents.push(made);
    expect(await ask(made, 'https://peer.example/')).toBe(BlockedAddressError.code);
    expect(await ask(made, 'https://127.0.0.1/')).toBe(BlockedAddressError.code);
    hook.disable();
    expect(connects).toBe(0);
  });
});
