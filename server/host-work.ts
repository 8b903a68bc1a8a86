import type { NotFederating } from './deployment.ts';

/** What a host has done when the owner asks from elsewhere. Each begins it and waits for no end of it. */
export interface HostWork {
  /** Says why nothing may be sent now; undefined when it may. See `closedGate`. */
  readonly closed: () => Promise<NotFederating | undefined>;
  /** Has sent what an approved build owes. */
  readonly publish: () => Promise<void>;
  /** Has delivered what is due. */
  readonly deliver: () => Promise<void>;
}

/** A process that lives on sees by itself what there is to do. */
export const ownWork: HostWork = {
  closed: async () => undefined,
  publish: async () => {},
  deliver: async () => {},
};
