import type { Manifest, ManifestActor, ManifestObject } from '../federation/manifest.ts';

/** Gives the manifest that a JSON value is, or undefined when it is none of this version. */
export function parseManifest(value: unknown): Manifest | undefined {
  return isManifest(value) ? value : undefined;
}

function isManifest(value: unknown): value is Manifest {
  if (!isRecord(value) || value.version !== 1 || typeof value.origin !== 'string') return false;
  const { source } = value;
  if (source !== undefined && !(isRecord(source) && areStrings(source, ['commit', 'committedAt']))) return false;
  return isActor(value.actor) && Array.isArray(value.objects) && value.objects.every(isObject);
}

function isActor(value: unknown): value is ManifestActor {
  return isRecord(value) && areStrings(value, ['id', 'username', 'digest']) && typeof value.showFollowers === 'boolean';
}

function isObject(value: unknown): value is ManifestObject {
  if (!isRecord(value) || !areStrings(value, ['id', 'url', 'title', 'source', 'digest', 'published'])) return false;
  const optional = [value.updated, value.bodyDigest].every((each) => each === undefined || typeof each === 'string');
  const known = value.type === 'Article' || value.type === 'Note';
  const visible = value.visibility === 'public' || value.visibility === 'unlisted';
  return optional && known && visible && typeof value.dateOnly === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areStrings(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}
