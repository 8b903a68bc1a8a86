import type { DeliveryState } from '../../federation/delivery.ts';
import { type Behave, behaviours } from '../remote/origins.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** What becomes of one delivery to an origin of a kind. */
interface Expected {
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly status?: number;
  /** When the second attempt is due; absent when the first was the last. */
  readonly again?: number;
}

/** An origin, its followers, and what becomes of a delivery to it. */
export interface Kind extends Expected {
  readonly behave?: Behave;
  readonly followers: number;
  /** Without a shared inbox there is a delivery for each follower. */
  readonly shared: boolean;
}

/** 30 s, 2, 10, 30 min, 1, 2, 4, 8, 12, 12, 12, 12 h after each other: the thirteenth attempt is the last in 72 h. */
const LOST = { state: 'failed', attempts: 13, again: 30 * SECOND } as const;
const WELL = { state: 'delivered', attempts: 1, status: 202 } as const;
const { status, inTurn, slow, hanging, resetting, rfc9421Alone, ...lying } = behaviours;

const one = { followers: 1, shared: true };
/** Where one of them redirects to. */
export const trap: { host?: string } = {};
export const KINDS: Readonly<Record<string, Kind>> = {
  well: { ...one, ...WELL, behave: status(202) },
  crowd: { ...WELL, behave: status(200), status: 200, followers: 40, shared: true },
  personal: { ...WELL, behave: slow(5), followers: 12, shared: false },
  slow: { ...one, ...WELL, behave: slow(200) },
  hanging: { ...one, ...LOST, behave: hanging() },
  refusing: { ...one, ...LOST },
  resetting: { ...one, ...LOST, behave: resetting() },
  speechless: { ...one, ...LOST, behave: lying.noHttp() },
  broken: { ...one, ...LOST, behave: status(500), status: 500 },
  redirecting: {
    ...one,
    ...LOST,
    behave: (answer) => void answer.writeHead(302, { location: `http://${trap.host}/inbox` }).end(),
    status: 302,
  },
  // Without Retry-After 429 asks for a minute.
  limiting: { ...one, ...LOST, behave: status(429), status: 429, again: 60 * SECOND },
  recovering: {
    ...one,
    ...{ state: 'delivered', attempts: 3, status: 202, again: 30 * SECOND },
    behave: inTurn(status(500), status(502), status(202)),
  },
  rested: {
    ...one,
    ...{ state: 'delivered', attempts: 2, status: 202, again: HOUR },
    behave: inTurn(status(429, { 'retry-after': '3600' }), status(202)),
  },
  modern: { ...one, ...{ state: 'delivered', attempts: 2, status: 202, again: 30 * SECOND }, behave: rfc9421Alone() },
  // Given up when the next attempt would be after 24 h.
  strict: { ...one, ...{ state: 'failed', attempts: 9, status: 401, again: 30 * SECOND }, behave: status(401) },
  // The twelfth attempt is the first that is 48 h after the first 404.
  missing: { ...one, ...{ state: 'gone', attempts: 12, status: 404, again: 30 * SECOND }, behave: status(404) },
  gone: { ...{ state: 'gone', attempts: 1, status: 410 }, behave: status(410), followers: 7, shared: true },
  forbidding: { ...one, ...{ state: 'failed', attempts: 1, status: 403 }, behave: status(403) },
  closing: { ...one, ...WELL, behave: lying.closingMidBody() },
  misjudging: { ...one, ...WELL, behave: lying.wrongLength() },
  endless: { ...one, ...WELL, behave: lying.endlessBody() },
};
