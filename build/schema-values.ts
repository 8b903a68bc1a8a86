import { z } from 'zod';

/** Any value as text: of an object whose `toString` is data, none. */
export function asText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '';
  }
}

/** What a transformation gives for a value that cannot be meant; the message goes on after the name of the key. */
export function fail(context: z.core.$RefinementCtx<unknown>, input: unknown, message: string): never {
  context.issues.push({ code: 'custom', message, input });
  return z.NEVER;
}
