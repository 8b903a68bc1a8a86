import { describe, expect, test } from 'vitest';
import { parseRemoteCache, peopleOf, printRemoteCache } from '../../build/remote-cache.ts';
import { contentFolder } from './content-folder.ts';

const ANN = {
  ...{ id: 'https://a.example/users/ann', handle: '@Ann@a.example', name: 'Ann', url: 'https://a.example/@ann' },
  inbox: 'https://a.example/users/ann/inbox',
};
const OBJECT = { id: 'https://a.example/1', url: 'https://a.example/@ann/1', type: 'Note', author: ANN };

describe('content/remote.json', () => {
  test('what is printed is read again as the same, and prints the same', () => {
    const cache = { actors: new Map([['@ann@a.example', ANN]]), objects: new Map([[OBJECT.url, OBJECT]]) };
    const text = printRemoteCache(cache);
    expect(parseRemoteCache(text)).toEqual({ cache, faults: [] });
    expect(printRemoteCache(parseRemoteCache(text).cache)).toBe(text);
  });

  test('addresses as a server or the content writes them, in capitals too, are read again', () => {
    const odd = { ...OBJECT, url: 'HTTPS://a.example/@ann/1', author: { ...ANN, url: 'Https://a.example/@ann' } };
    const cache = { actors: new Map([['@ann@a.example', odd.author]]), objects: new Map([[odd.url, odd]]) };
    expect(parseRemoteCache(printRemoteCache(cache))).toEqual({ cache, faults: [] });
  });

  test('the author of something is known by name as well', () => {
    const people = peopleOf({ actors: new Map(), objects: new Map([[OBJECT.url, OBJECT]]) });
    expect([...people.keys()]).toEqual(['@ann@a.example']);
  });

  test.each([
    ['{', 'remote.json:1 it is no JSON'],
    ['{\n  "version": 1,\n<<<<<<< HEAD\n', 'remote.json:3 it is no JSON (git has left both sides of a conflict in it)'],
    ['{\n"version": 2, "actors": {}, "objects": {}}', 'remote.json:2 "version": must be 1: a newer Postern'],
    [
      printRemoteCache({ actors: new Map([['@ann@a.example', ANN]]), objects: new Map() }).replace(
        '"inbox": "https:',
        '"inbox": "javascript:',
      ),
      'remote.json:9 "actors"."@ann@a.example"."inbox": must be an http(s) address',
    ],
    ['{"version":1,"actors":{"ann":{}},"objects":{}}', 'remote.json:1 "actors"."ann"'],
  ])('a broken file is a fault with its line: %j', async (text, fault) => {
    const [found = ''] = await contentFolder({ 'remote.json': text }).faults();
    expect(found).toContain(fault);
    expect(found).toContain('take it from git again, or take the entry out');
  });
});
