import { describe, expect, it } from 'vitest';
import { baselineLedger } from '../../federation/ledger-entry.ts';
import type { Received } from '../../federation/outcome.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { adoptReceived } from '../../server/adopt-received.ts';
import type { LogLine } from '../../server/ports.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { create, like, note, undo } from '../remote/activities.ts';
import { createFakeBlog, type FakeBlog, NOW, POST, siteOf } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';

/** A store of which an older version kept these, oldest first. */
async function heir(
  origin = 'https://blog.test',
): Promise<{ blog: FakeBlog; ann: Peer; kept: Received[]; adopt(): Promise<number> }> {
  const kept: Received[] = [];
  const memory = openMemoryStore();
  const inbound = {
    ...memory.inbound,
    kept: async (limit: number) => kept.slice(0, limit),
    dropKept: async (id: string) => {
      kept.splice(
        kept.findIndex((each) => each.id === id),
        1,
      );
    },
  };
  const blog = createFakeBlog({ store: { ...memory, inbound } });
  await blog.store.ledger.begin(baselineLedger(await siteOf(origin).manifest(), new Set(), NOW));
  const { store, site, remote } = blog;
  const deps = {
    store,
    site,
    documents: remote.documents,
    clock: () => blog.now,
    log: (line: LogLine) => void blog.lines.push(line),
  };
  return { blog, ann: blog.peer(), kept, adopt: () => adoptReceived(deps) };
}

const received = (json: JsonObject, at = '2026-11-20T00:00:00Z'): Received => ({
  ...{ id: String(json.id), type: String(json.type), actor: String(json.actor), target: POST, json, at },
});

describe('what an older version kept as it was received', () => {
  it('is in the thread as if it had come now; dropped, and not there twice', async () => {
    const { blog, ann, kept, adopt } = await heir();
    const liked = like(ann);
    kept.push(received(create(ann, note(ann, 'Hello'))), received(liked), received(undo(ann, liked)));
    const { to: _, cc: __, ...bare } = note(ann, 'private');
    kept.push(received({ ...create(ann, bare), to: [], cc: ['https://blog.test/ap/actor.json'] }));
    expect(await adopt()).toBe(4);
    expect(kept).toEqual([]);
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: Hello']);
    expect(await blog.messages()).toHaveLength(1);
    expect(await adopt()).toBe(0);
    expect(blog.lines.map(({ event }) => event)).toEqual(Array(4).fill('adopted.accepted'));
    expect(JSON.stringify(blog.lines)).not.toContain('Hello');
  });

  it('more than one page of it, and what cannot be parsed any more → all handled', async () => {
    const { blog, ann, kept, adopt } = await heir();
    for (let n = 0; n < 150; n += 1) kept.push(received(create(ann, note(ann, `n${n}`))));
    kept.push(received({ id: 'https://peer.test/x', type: 'Create', actor: ann.actor }));
    kept.push(received({ id: 'https://peer.test/y', type: 'Listen', actor: ann.actor, object: POST }));
    expect(await adopt()).toBe(152);
    expect(await blog.thread()).toHaveLength(150);
    expect(blog.remote.gets).toEqual([ann.actor]);
  });

  it('whose author cannot be asked now → waits, with what that author sent after it; the others do not', async () => {
    const { blog, ann, kept, adopt } = await heir();
    const ben = blog.peer({ host: 'other.test', name: 'ben' });
    const liked = like(ann);
    kept.push(received(liked), received(create(ben, note(ben, 'Hi'))), received(undo(ann, liked)));
    blog.remote.answer(ann.actor, 0);
    expect(await adopt()).toBe(1);
    expect(await blog.thread()).toEqual(['reply @ben@other.test: Hi']);
    expect(kept.map(({ type }) => type)).toEqual(['Like', 'Undo']);
    blog.remote.serve(ann.actor, ann.document);
    blog.now += 3_600_000;
    expect(await adopt()).toBe(2);
    expect(await blog.thread()).toHaveLength(1);
  });

  it('whose author could not be asked for a month → dropped', async () => {
    const { blog, ann, kept, adopt } = await heir();
    kept.push(received(like(ann), '2026-10-01T00:00:00Z'));
    blog.remote.answer(ann.actor, 0);
    expect(await adopt()).toBe(1);
    expect(await blog.stored()).toEqual([]);
  });

  it('by another blog in the same store → left alone', async () => {
    const { ann, kept, adopt } = await heir('https://elsewhere.test');
    kept.push(received(like(ann)));
    expect(await adopt()).toBe(0);
    expect(kept).toHaveLength(1);
  });

  it('a store that fails half-way → what was handled is not lost, the rest is handled the next time', async () => {
    const { blog, ann, kept, adopt } = await heir();
    kept.push(received(create(ann, note(ann, 'one'))), received(create(ann, note(ann, 'two'))));
    const { dropKept } = blog.store.inbound;
    let calls = 0;
    Object.assign(blog.store.inbound, {
      dropKept: async (id: string) => {
        calls += 1;
        if (calls === 1) throw new Error('disk full');
        return dropKept(id);
      },
    });
    await expect(adopt()).rejects.toThrow('disk full');
    expect(await adopt()).toBe(2);
    expect(await blog.thread()).toHaveLength(2);
    expect(await blog.notified()).toEqual(['reply', 'reply']);
  });
});
