import { resolve } from 'node:path';
import { PosternError } from '../federation/errors.ts';

/** What the environment says; `content/profile.md` says the rest. */
export interface Settings {
  readonly origin: OriginRule;
  readonly port: number;
  readonly host: string;
  /** Absolute path: keys, database, caches. */
  readonly dataFolder: string;
  /** Absolute path. */
  readonly contentFolder: string;
  /** A JWK Set as JSON, instead of the key file in the data folder. */
  readonly privateKeys?: string;
  readonly allowPrivateAddresses: boolean;
  /** Where Prometheus may ask; nowhere when absent. */
  readonly metrics?: { readonly host: string; readonly port: number };
}

/** How the origin is found: the environment's, else the profile's, else the local one. */
export interface OriginRule {
  /** POSTERN_ORIGIN, already checked. */
  readonly override?: string;
  /** For a local look, when neither the environment nor the profile names one. */
  readonly fallback: string;
  /** True in development: plain http origins are then taken. */
  readonly allowHttp: boolean;
}

const DEFAULT_PORT = 4321;

/**
 * Reads every setting of the environment: POSTERN_ORIGIN, PORT, HOST, POSTERN_DATA, POSTERN_CONTENT,
 * POSTERN_PRIVATE_KEYS, POSTERN_ALLOW_PRIVATE_ADDRESSES, POSTERN_METRICS. All faults come at once, as `PosternError('settings-faults')`.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>, cwd: string): Settings {
  const faults: string[] = [];
  const allowPrivateAddresses = readSwitch(env, 'POSTERN_ALLOW_PRIVATE_ADDRESSES', faults);
  const port = readPort(env.PORT, faults);
  const metrics = readMetrics(env.POSTERN_METRICS, faults);
  const override = readOverride(env.POSTERN_ORIGIN, allowPrivateAddresses, faults);
  if (faults.length > 0) {
    throw new PosternError(
      'settings-faults',
      `The environment has ${count(faults.length)}:\n  ${faults.join('\n  ')}`,
      {
        hint: 'Correct or unset these variables and start again.',
        facts: { faults },
      },
    );
  }
  return {
    origin: {
      ...(override === undefined ? {} : { override }),
      fallback: netlifyAddress(env) ?? `http://localhost:${port === 0 ? DEFAULT_PORT : port}`,
      allowHttp: allowPrivateAddresses,
    },
    port,
    host: env.HOST?.trim() || '127.0.0.1',
    dataFolder: resolve(cwd, env.POSTERN_DATA?.trim() || '.postern'),
    contentFolder: resolve(cwd, env.POSTERN_CONTENT?.trim() || 'content'),
    ...(env.POSTERN_PRIVATE_KEYS?.trim() ? { privateKeys: env.POSTERN_PRIVATE_KEYS } : {}),
    allowPrivateAddresses,
    ...(metrics === undefined ? {} : { metrics }),
  };
}

/** Where Netlify shows what it builds: a site without an origin yet is looked at there. */
function netlifyAddress(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const checked = env.NETLIFY === 'true' && env.URL ? checkOrigin(env.URL, false) : undefined;
  return checked?.ok ? checked.origin : undefined;
}

/** What is wrong with an origin that someone wrote down, or the origin as the rest of the code wants it. */
export type OriginCheck =
  | { readonly ok: true; readonly origin: string }
  | { readonly ok: false; readonly message: string };

/** Checks `scheme://host[:port]`: no path, no user, https unless `allowHttp`. */
export function checkOrigin(value: string, allowHttp: boolean): OriginCheck {
  const wanted = 'write scheme and host alone, such as https://blog.example';
  let url: URL;
  try {
    url = new URL(value.trim());
  } catch {
    return { ok: false, message: `"${value}" is not a URL; ${wanted}` };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, message: `"${value}" is neither https nor http; ${wanted}` };
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password)
    return { ok: false, message: `"${value}" has more than scheme, host and port; ${wanted}` };
  if (url.protocol === 'http:' && !allowHttp)
    return {
      ok: false,
      message: `"${value}" is plain http, which no other server follows; use https, or set POSTERN_ALLOW_PRIVATE_ADDRESSES=1 for development`,
    };
  return { ok: true, origin: url.origin };
}

function readOverride(value: string | undefined, allowHttp: boolean, faults: string[]): string | undefined {
  if (!value?.trim()) return undefined;
  const checked = checkOrigin(value, allowHttp);
  if (checked.ok) return checked.origin;
  faults.push(`POSTERN_ORIGIN: ${checked.message}`);
  return undefined;
}

/** A port of this machine alone, or host and port. */
function readMetrics(value: string | undefined, faults: string[]): Settings['metrics'] {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  const [, host = '127.0.0.1', digits] = /^(?:(?<host>[\w.-]+|\[[\da-f:]+\]):)?(?<port>\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits !== undefined && port <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port };
  faults.push(`POSTERN_METRICS: "${value}" is no address to listen at; write a port such as 9464, or 127.0.0.1:9464`);
  return undefined;
}

function readPort(value: string | undefined, faults: string[]): number {
  if (!value?.trim()) return DEFAULT_PORT;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  faults.push(`PORT: "${value}" is not a port; write a whole number from 0 (any free one) to 65535`);
  return DEFAULT_PORT;
}

function readSwitch(env: Readonly<Record<string, string | undefined>>, name: string, faults: string[]): boolean {
  const value = env[name]?.trim() ?? '';
  if (value === '1' || value === 'true') return true;
  if (value !== '' && value !== '0' && value !== 'false') faults.push(`${name}: "${value}" is neither 1 nor 0`);
  return false;
}

function count(faults: number): string {
  return faults === 1 ? 'one fault' : `${faults} faults`;
}
