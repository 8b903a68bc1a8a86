import { describe, expect, test } from 'vitest';
import { checkOrigin, readSettings } from '../../build/settings.ts';
import { PosternError } from '../../federation/errors.ts';

describe('readSettings', () => {
  test('an empty environment → the local defaults, folders under the working directory', () => {
    expect(readSettings({}, '/blog')).toEqual({
      origin: { fallback: 'http://localhost:4321', allowHttp: false },
      port: 4321,
      host: '127.0.0.1',
      dataFolder: '/blog/.postern',
      contentFolder: '/blog/content',
      allowPrivateAddresses: false,
    });
  });

  test('every variable is read', () => {
    const env = {
      POSTERN_ORIGIN: 'https://blog.example/',
      PORT: '8080',
      HOST: '0.0.0.0',
      POSTERN_DATA: '/var/postern',
      POSTERN_CONTENT: 'words',
      POSTERN_PRIVATE_KEYS: '{"keys":[]}',
      POSTERN_ALLOW_PRIVATE_ADDRESSES: '1',
      POSTERN_METRICS: '0.0.0.0:9464',
    };
    expect(readSettings(env, '/blog')).toEqual({
      origin: { override: 'https://blog.example', fallback: 'http://localhost:8080', allowHttp: true },
      port: 8080,
      host: '0.0.0.0',
      dataFolder: '/var/postern',
      contentFolder: '/blog/words',
      privateKeys: '{"keys":[]}',
      allowPrivateAddresses: true,
      metrics: { host: '0.0.0.0', port: 9464 },
    });
  });

  test.each([
    [{ NETLIFY: 'true', URL: 'https://mara.netlify.app' }, 'https://mara.netlify.app'],
    [{ NETLIFY: 'true', URL: 'http://mara.netlify.app' }, 'http://localhost:4321'],
    [{ URL: 'https://mara.netlify.app' }, 'http://localhost:4321'],
  ])('without an origin, %o is looked at as %s', (env, fallback) => {
    expect(readSettings(env, '/').origin.fallback).toBe(fallback);
  });

  test.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['metrics.internal:1', { host: 'metrics.internal', port: 1 }],
    [' ', undefined],
  ])('POSTERN_METRICS "%s"', (text, metrics) => {
    expect(readSettings({ POSTERN_METRICS: text }, '/').metrics).toEqual(metrics);
  });

  test.each(['yes', '99999', '127.0.0.1', 'http://127.0.0.1:9464', ':9464'])(
    'POSTERN_METRICS "%s" is a fault',
    (text) => {
      expect(() => readSettings({ POSTERN_METRICS: text }, '/')).toThrow(/POSTERN_METRICS/);
    },
  );

  test('all faults come at once, each with its variable', () => {
    const env = { POSTERN_ORIGIN: 'http://blog.example', PORT: '70000', POSTERN_ALLOW_PRIVATE_ADDRESSES: 'maybe' };
    let thrown: unknown;
    try {
      readSettings(env, '/');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PosternError);
    const faults = thrown instanceof PosternError ? (thrown.facts.faults as string[]) : [];
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'POSTERN_ALLOW_PRIVATE_ADDRESSES',
      'PORT',
      'POSTERN_ORIGIN',
    ]);
  });
});

describe('checkOrigin', () => {
  test.each([
    ['https://blog.example', 'https://blog.example'],
    ['https://blog.example:8443/', 'https://blog.example:8443'],
    ['HTTPS://Blog.Example', 'https://blog.example'],
  ])('%s is taken as %s', (value, origin) => {
    expect(checkOrigin(value, false)).toEqual({ ok: true, origin });
  });

  test.each([
    'blog.example',
    'https://blog.example/path',
    'https://u:p@blog.example',
    'ftp://blog.example',
    'https://blog.example?x',
    '',
  ])('%j is refused', (value) => {
    expect(checkOrigin(value, true).ok).toBe(false);
  });

  test('plain http is refused, and taken in development', () => {
    expect(checkOrigin('http://localhost:4321', false)).toMatchObject({
      ok: false,
      message: expect.stringContaining('POSTERN_ALLOW_PRIVATE_ADDRESSES=1'),
    });
    expect(checkOrigin('http://localhost:4321', true)).toEqual({ ok: true, origin: 'http://localhost:4321' });
  });
});
