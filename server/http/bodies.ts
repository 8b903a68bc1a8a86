/**
 * Reads a body up to `maxBytes`, counted after decompression: gives undefined, and stops reading, when there is more.
 * Fails as the stream does.
 */
export async function bodyWithin(body: AsyncIterable<unknown> | null, maxBytes: number): Promise<Buffer | undefined> {
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (!(bytes instanceof Uint8Array)) throw new TypeError('a body consists of bytes');
    length += bytes.length;
    // Leaving the loop destroys the stream, the socket with it.
    if (length > maxBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Ends a response unread, the socket with it: its body is worth nothing. */
export function discard({ body }: { readonly body: object | null }): void {
  if (body && 'destroy' in body && typeof body.destroy === 'function') body.destroy();
}

/** What to write into a log or receipt about a failed connection; node gives an empty message when several addresses failed. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return error.message === '' ? code : error.message;
}
