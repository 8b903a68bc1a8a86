/** Drops what has been in a Map longest until it has room for one more, so that it holds at most `most`. */
export function makeRoom(kept: Map<string, unknown>, most: number): void {
  for (const oldest of kept.keys()) {
    if (kept.size < most) return;
    kept.delete(oldest);
  }
}
