import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../scripts/functions.ts';
import type { FunctionModule } from '../../../server/hosts/host.ts';
import { createRouter } from '../../../server/hosts/router.ts';

const at = (...path: `/${string}`[]): FunctionModule => ({ default: () => new Response(), config: { path } });

describe('a path', () => {
  const literal = at('/ap/inbox', '/a.b');
  const named = at('/ap/posts/:key/replies');
  const part = at('/ap/posts/:key.json');
  const route = createRouter([literal, named, part]);

  it.each([
    ['/ap/inbox', literal, {}],
    ['/ap/inbox/', literal, {}],
    ['/a.b', literal, {}],
    ['/ap/posts/p1/replies', named, { key: 'p1' }],
    ['/ap/posts/p%201/replies', named, { key: 'p 1' }],
    ['/ap/posts/%ff/replies', named, { key: '%ff' }],
    ['/ap/posts/p1.json', part, { key: 'p1' }],
    ['/ap/posts/p1.2.json', part, { key: 'p1.2' }],
  ])('%s leads to its function', (path, module, params) => {
    expect(route(path)).toEqual({ module, params });
  });

  it.each([
    '/',
    '/ap',
    '/ap/inbox/x',
    '/x/ap/inbox',
    '/axb',
    '/ap/posts//replies',
    '/ap/posts/a/b/replies',
    '/ap/posts/.json',
    '/AP/inbox',
  ])('%s leads nowhere', (path) => {
    expect(route(path)).toBeUndefined();
  });

  it('that fits two functions leads to the first', () => {
    const second = at('/ap/:rest');
    expect(createRouter([literal, second])('/ap/inbox')?.module).toBe(literal);
    expect(createRouter([second, literal])('/ap/inbox')?.module).toBe(second);
  });
});

it('each function has paths, and no two of them the same', () => {
  const paths = FUNCTIONS.flatMap(({ config }) => config.path ?? []);
  expect(new Set(paths).size).toBe(paths.length);
  expect(FUNCTIONS.every(({ config }) => config.path !== undefined)).toBe(true);
});
