import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { outboxText } from './mastodon-archive.ts';
import { PROFILE } from './workbench.ts';

const RUN = fileURLToPath(new URL('../../../scripts/run.mjs', import.meta.url));

/** A heap in which the archive read into memory would not fit: text takes two bytes a letter, and posts are more than text. */
const HEAP_MB = 44;
const POSTS = 10_000;

test(`${POSTS} posts of 17 MB → read in a heap of ${HEAP_MB} MB`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'postern-size-'));
  try {
    mkdirSync(join(root, 'content'));
    mkdirSync(join(root, 'archive'));
    writeFileSync(join(root, 'content/profile.md'), PROFILE);
    await pipeline(Readable.from(outboxText(POSTS)), createWriteStream(join(root, 'archive/outbox.json')));
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MB}`, RUN, 'import', 'archive', '--dry-run', '--json'],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, errors.slice(0, 2_000)).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ posts: { imported: POSTS } });
    // Nothing but the result in a pipe.
    expect(errors).toBe('');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
