import type { Manifest, ManifestActor, ManifestObject, PublishPolicy } from '../federation/manifest.ts';
import type { BucketDigests, ManifestHead } from '../federation/manifest-parts.ts';

/** Gives the manifest that a JSON value is, or undefined when it is none of this version. */
export function parseManifest(value: unknown): Manifest | undefined {
  return isManifest(value) ? value : undefined;
}

/** Gives the head of a manifest that a JSON value is, or undefined when it is none of this version. */
export function parseManifestHead(value: unknown): ManifestHead | undefined {
  return isHead(value) ? value : undefined;
}

/** Gives the objects that a bucket's file lists, or undefined when it is none. */
export function parseBucket(value: unknown): readonly ManifestObject[] | undefined {
  return areObjects(value) ? value : undefined;
}

function isManifest(value: unknown): value is Manifest {
  return isRecord(value) && isRest(value) && areObjects(value.objects);
}

function isHead(value: unknown): value is ManifestHead {
  if (!isRecord(value) || !isRest(value) || !isRecord(value.buckets)) return false;
  return Object.entries(value.buckets).every(([name, bucket]) => /^[0-9a-f]{2}$/.test(name) && isBucket(bucket));
}

function isBucket(value: unknown): value is BucketDigests {
  return isRecord(value) && areStrings(value, ['told', 'file']);
}

function areObjects(value: unknown): value is ManifestObject[] {
  return Array.isArray(value) && value.every(isObject);
}

function isRest(value: Record<string, unknown>): boolean {
  if (value.version !== 1 || typeof value.origin !== 'string') return false;
  if (typeof value.content !== 'string' || !isPolicy(value.policy)) return false;
  const { source } = value;
  if (source !== undefined && !(isRecord(source) && areStrings(source, ['commit', 'committedAt']))) return false;
  return isActor(value.actor);
}

function isPolicy(value: unknown): value is PublishPolicy {
  if (!isRecord(value) || !isRecord(value.limits) || !isAmount(value.sendAfterMs)) return false;
  return [value.limits.creates, value.limits.updates, value.limits.deletes].every(isAmount);
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isActor(value: unknown): value is ManifestActor {
  return (
    isRecord(value) &&
    areStrings(value, ['id', 'username', 'digest', 'keyDigest']) &&
    isMaybeString(value.movedTo) &&
    (value.formerUsernames === undefined || isStringList(value.formerUsernames)) &&
    typeof value.showFollowers === 'boolean'
  );
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isObject(value: unknown): value is ManifestObject {
  if (!isRecord(value) || !areStrings(value, ['id', 'url', 'title', 'source', 'digest', 'published'])) return false;
  const optional = [value.updated, value.bodyDigest, value.restores, value.ends, value.pollDigest].every(isMaybeString);
  const visible = value.visibility === 'public' || value.visibility === 'unlisted';
  const told = value.federate === undefined || value.federate === 'silent' || value.federate === 'update';
  return optional && hasType(value) && visible && told && typeof value.dateOnly === 'boolean';
}

/** A deed says what it is done to, unless nobody could resolve that. */
function hasType(value: Record<string, unknown>): boolean {
  const { object, instrument, addressees = [], unresolved = [] } = value;
  if (!(Array.isArray(addressees) && addressees.every(isAddressee))) return false;
  if (!(Array.isArray(unresolved) && unresolved.every((each) => typeof each === 'string'))) return false;
  if (![object, instrument].every(isMaybeString)) return false;
  const isMeant = object !== undefined || unresolved.length > 0;
  switch (value.type) {
    case 'Article':
    case 'Note':
    case 'Question':
      return true;
    case 'Like':
    case 'Announce':
    case 'Follow':
      return isMeant;
    case 'QuoteRequest':
      return isMeant && instrument !== undefined;
    default:
      return false;
  }
}

function isAddressee(value: unknown): boolean {
  return isRecord(value) && areStrings(value, ['actor', 'inbox', 'handle']);
}

function isMaybeString(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areStrings(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}
