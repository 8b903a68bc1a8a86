import type { Attempt, SignatureForm } from '../federation/delivery.ts';
import type { Manifest } from '../federation/manifest.ts';
import type { ManifestParts } from '../federation/manifest-parts.ts';
import type { OwnReplies } from '../federation/own-replies.ts';
import type { Rules } from '../federation/rules.ts';
import type { JsonObject } from '../federation/vocabulary.ts';
import type { HostWork } from './host-work.ts';
import type { WebfingerClient } from './http/webfinger-client.ts';
import type { InboundLimits } from './inbound-limits.ts';
import type { HostFacts } from './owner-status.ts';
import type { Store } from './store/store.ts';

/** What every use case may reach; hosts and tests fill it in. */
export interface Deps {
  readonly store: Store;
  readonly site: Site;
  readonly documents: DocumentClient;
  readonly media: MediaClient;
  readonly webfinger: WebfingerClient;
  readonly inboxes: InboxClient;
  readonly keys: SigningKeys;
  readonly clock: () => number;
  readonly log: (line: LogLine) => void;
  /** How much others may ask: one for each process that hosts an inbox. Absent: no bound but that of each activity. */
  readonly limits?: InboundLimits;
  /** What the host knows of itself; absent where it tells nothing. */
  readonly hostFacts?: () => Promise<HostFacts>;
  /** Who sends what the owner releases from elsewhere; absent where nobody does. */
  readonly hostWork?: HostWork;
}

/** The built site, read where it lies. */
export interface Site {
  /** As of now: with what was dated ahead and whose time has come. */
  manifest(): Promise<Manifest>;
  /** The builds of later times, soonest first; `at` is in milliseconds since the epoch. */
  scheduled(): Promise<readonly { readonly at: number; readonly manifest: Manifest }[]>;
  /** What `manifest` gives, to be read by its parts: the same value for as long as the build is the same. */
  parts(): Promise<ManifestParts>;
  /** What `scheduled` gives, to be read by its parts. */
  scheduledParts(): Promise<readonly { readonly at: number; readonly parts: ManifestParts }[]>;
  /** What the owner decided about others; the defaults when the build says nothing. */
  rules(): Promise<Rules>;
  /** Which posts answer what, as of now; none when the build says nothing. The same value for as long as it is the same. */
  ownReplies(): Promise<OwnReplies>;
  /** A JSON document of the build by its URL, or undefined when the build has none there. */
  document(url: string): Promise<JsonObject | undefined>;
}

/** Gets ActivityPub documents: guarded, limited, signed. Never throws for what a peer does. */
export interface DocumentClient {
  get(url: string): Promise<Fetched>;
}

export type Fetched =
  | { readonly kind: 'document'; readonly url: string; readonly document: JsonObject }
  /** The peer's answer is final: 404, 410, a wrong type, an id that differs. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** Worth trying again: network, time-out, 5xx, 429. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Our own guard: a private address, a scheme or port that is not allowed. */
  | { readonly kind: 'blocked'; readonly reason: string };

/** Gets pictures of other servers: guarded, limited, unsigned. Never throws for what a peer does. */
export interface MediaClient {
  get(url: string): Promise<FetchedMedia>;
}

export type FetchedMedia =
  | { readonly kind: 'media'; readonly type: string; readonly bytes: Uint8Array }
  /** Not there, no picture, or too large: final for now. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Posts signed activities. Never throws for what a peer does. */
export interface InboxClient {
  /** Signed by draft-cavage unless `form` says otherwise, and by the key that is shown unless `by` is the one before. */
  post(inbox: string, body: Uint8Array, options?: PostOptions): Promise<Attempt>;
  close(): Promise<void>;
}

export interface PostOptions {
  readonly form?: SignatureForm;
  readonly by?: 'retired';
}

/** The actor's signing keys. */
export interface SigningKeys {
  readonly keyId: string;
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  sign(data: Uint8Array): Uint8Array;
  /** The key of object integrity proofs (FEP-8b32), as the actor's `assertionMethod` has it. */
  readonly proofKeyId: string;
  /** Ed25519: 64 bytes. */
  signProof(data: Uint8Array): Uint8Array;
  /** The key that others knew before it was changed, while it is held: it vouches for the news of the change. */
  retired?(): Pick<SigningKeys, 'keyId' | 'sign'> | undefined;
}

/** One line for each outcome: what happened, to which id, why. No body, no key, no token. */
export interface LogLine {
  readonly event: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly [fact: string]: string | number | boolean | undefined;
}
