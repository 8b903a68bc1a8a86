/**
 * The floor: node:http and node:https as they come, the same bodies to the same inboxes, on connections that are kept.
 * No store, no queue, no guard. It signs each request with the least that a signature takes, or not at all: then the
 * headers were made before.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { AT_ONCE, deadInboxesOf, inboxesOf, makeCreate, type Setup, type Work } from './setup.ts';
import { runSide } from './side.ts';

const common = { keepAlive: true, maxSockets: 4, timeout: 5_000 };
const agents = { http: new HttpAgent(common), https: new HttpsAgent(common) };
const DATE = 'Mon, 23 Nov 2026 08:00:00 GMT';
const DIGEST = `SHA-256=${'A'.repeat(43)}=`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function signatureOf(inbox: string, signs: boolean): string {
  const { host, pathname } = new URL(inbox);
  const text = `(request-target): post ${pathname}\nhost: ${host}\ndate: ${DATE}\ndigest: ${DIGEST}`;
  return signs ? sign('sha256', Buffer.from(text), privateKey).toString('base64') : `${'A'.repeat(342)}==`;
}

function post(inbox: string, body: Buffer, signs: boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const scheme = inbox.startsWith('https:') ? 'https' : 'http';
    const start = scheme === 'https' ? httpsRequest : httpRequest;
    const headers = {
      'content-type': 'application/activity+json',
      'content-length': body.length,
      date: DATE,
      digest: DIGEST,
      signature: `keyId="https://blog.example/ap/actor.json#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${signatureOf(inbox, signs)}"`,
      'user-agent': 'floor',
    };
    const request = start(inbox, { method: 'POST', agent: agents[scheme], headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 202));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The living, and the dead spread among them. */
function allOf(setup: Setup, work: Work): { inbox: string; isDead: boolean }[] {
  const living = inboxesOf(setup, work).map((inbox) => ({ inbox, isDead: false }));
  const dead = deadInboxesOf(setup, work).map((inbox) => ({ inbox, isDead: true }));
  const each = Math.ceil(living.length / Math.max(1, dead.length));
  return living.flatMap((one, i) => [one, ...(i % each === 0 ? dead.slice(i / each, i / each + 1) : [])]);
}

await runSide(async (setup) => async (work, stopClock) => {
  const inboxes = allOf(setup, work);
  const bodies = Array.from({ length: work.activities }, (_, i) =>
    Buffer.from(JSON.stringify(makeCreate(`f-${i}`).json)),
  );
  const all = bodies.flatMap((body) => inboxes.map((inbox) => ({ body, ...inbox })));
  let next = 0;
  let delivered = 0;
  const worker = async (): Promise<void> => {
    for (let each = all[next++]; each !== undefined; each = all[next++]) {
      const answer = post(each.inbox, each.body, setup.floorSigns);
      // It knows which are dead, and waits for none of them: what they cost is the attempt alone.
      if (each.isDead) answer.catch(() => undefined);
      else if (await answer) delivered += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (work.dead) {
    stopClock();
    for (const agent of Object.values(agents)) agent.destroy();
  }
  return delivered;
});
