export type BodyRead =
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-slow' }
  /** The sender went away: nobody will read an answer. */
  | { readonly kind: 'broken' };

/** Reads the body of a request within a size and a time; what goes beyond either is left unread. Never throws. */
export async function readBody(request: Request, limits: { maxBytes: number; withinMs: number }): Promise<BodyRead> {
  if (Number(request.headers.get('content-length') ?? 0) > limits.maxBytes) return { kind: 'too-large' };
  const reader = request.body?.getReader();
  if (!reader) return { kind: 'body', bytes: new Uint8Array() };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<BodyRead>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'too-slow' }), limits.withinMs);
  });
  try {
    return await Promise.race([readAll(reader, limits.maxBytes), late]);
  } catch {
    return { kind: 'broken' };
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<BodyRead> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { kind: 'body', bytes: Buffer.concat(chunks, length) };
    length += value.length;
    if (length > maxBytes) return { kind: 'too-large' };
    chunks.push(value);
  }
}
