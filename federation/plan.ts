import type { ManifestObject } from './manifest.ts';

/** One thing the next publish would send. */
export type PlannedActivity =
  | { readonly type: 'Create'; readonly entry: ManifestObject; readonly published: string; readonly why: string }
  | {
      readonly type: 'Update';
      readonly entry: ManifestObject;
      readonly published: string;
      /** Always later than what was told before. */
      readonly updated: string;
      readonly revision: number;
      readonly why: string;
    }
  | {
      readonly type: 'Delete';
      readonly id: string;
      readonly formerType: 'Article' | 'Note';
      readonly title: string;
      readonly deleted: string;
      readonly why: string;
    }
  | { readonly type: 'UpdateActor'; readonly digest: string; readonly revision: number; readonly updated: string; readonly why: string };

/** A change that is not sent unasked, and what releases it. */
export interface Hold {
  readonly code:
    | 'older-build'
    | 'other-origin'
    | 'tombstoned-id'
    | 'rename-without-id'
    | 'many-creates'
    | 'many-updates'
    | 'many-deletes';
  readonly ids: readonly string[];
  readonly why: string;
  readonly release: string;
}

/** The ordered list of activities that would make the ledger equal to the manifest, and what is held and why. */
export interface Plan {
  readonly origin: string;
  /** True when federation begins with this publish: everything becomes baseline and nothing is sent. */
  readonly baseline: boolean;
  readonly activities: readonly PlannedActivity[];
  readonly holds: readonly Hold[];
}
