/*
 * Reading what an adapter wrote as JSON, part by part. Each throws a TypeError for what is something else.
 */

export function listOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new TypeError('no list');
  return json;
}

export function textOf(json: unknown): string {
  if (typeof json !== 'string') throw new TypeError('no text');
  return json;
}

export function numberOf(json: unknown): number {
  if (typeof json !== 'number') throw new TypeError('no number');
  return json;
}

export function maybeTextOf(json: unknown): string | undefined {
  return json === undefined ? undefined : textOf(json);
}

export function maybeNumberOf(json: unknown): number | undefined {
  return json === undefined ? undefined : numberOf(json);
}
