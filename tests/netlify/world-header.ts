/** The header by which a test says in which world the functions answer its request. */
export const WORLD_HEADER = 'x-tests-world';

/** What is around a function while it answers one request of a test. */
export interface FunctionWorld {
  /** Milliseconds since the epoch, at which its clock stands. The machine's time unless given. */
  readonly now?: number;
  /** The port of loopback where connections to every other server end; without it there is no other server. */
  readonly gateway?: number;
  /** The Blobs of this site alone are seen. */
  readonly siteId: string;
  /** What it writes to its output is kept in this file, in order. */
  readonly log: string;
}

export function writeWorld(world: FunctionWorld): string {
  return Buffer.from(JSON.stringify(world)).toString('base64url');
}

/** The variables by which `inside-function.ts` knows it. */
export function worldVariables(header: string): Record<string, string> {
  const { now, gateway, siteId, log }: FunctionWorld = JSON.parse(Buffer.from(header, 'base64url').toString());
  return {
    TESTS_LOG: log,
    ...(now === undefined ? {} : { TESTS_NOW: String(now) }),
    ...(gateway === undefined ? {} : { TESTS_GATEWAY: String(gateway) }),
    NETLIFY_BLOBS_CONTEXT: blobsContext(siteId),
  };
}

/** The emulation's own context of Blobs, for another site: its server keeps the sites apart, and asks for no account. */
export function blobsContext(siteId: string): string {
  const context: object = JSON.parse(Buffer.from(process.env.NETLIFY_BLOBS_CONTEXT ?? '', 'base64').toString());
  return Buffer.from(JSON.stringify({ ...context, siteID: siteId })).toString('base64');
}
