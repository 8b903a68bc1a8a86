import { isJsonObject, type JsonObject } from '../federation/vocabulary.ts';

/** What came of a request, for `POST /ap/owner` and what is below. */
export type CommandResult =
  | { readonly kind: 'done'; readonly command: string; readonly result: unknown }
  /** The message says what is wrong with it. */
  | { readonly kind: 'malformed'; readonly message: string };

/** As many as one request may name or ask for. */
export const MOST_ITEMS = 500;

/** Far longer than any id that the inbox takes. */
const MAX_ID = 2_048;

/**
 * The commands that can be given from elsewhere to who sits at a desk, each with its arguments read: `undefined` means that they
 * are not as they should be. Nothing else can be done with a token.
 */
export type Commands<Desk> = Readonly<Record<string, (desk: Desk, args: JsonObject) => Promise<unknown> | undefined>>;

/**
 * Carries out a command that was read from a verified request: `{"command": "replies.hide", "arguments": {…}}`. What is no
 * command, or has other arguments, is `malformed`; rejects only for a fault of our own side.
 */
export async function runOwnerCommand<Desk>(
  commands: Commands<Desk>,
  desk: Desk,
  request: unknown,
): Promise<CommandResult> {
  const name = isJsonObject(request) ? request.command : undefined;
  const handler = typeof name === 'string' && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!isJsonObject(request) || typeof name !== 'string' || handler === undefined) {
    const message = 'There is no such command here: the blog may run another version.';
    return { kind: 'malformed', message };
  }
  const args = isJsonObject(request.arguments) ? request.arguments : {};
  const work = handler(desk, args);
  if (work === undefined) return { kind: 'malformed', message: `The arguments of ${name} are not as they should be.` };
  return { kind: 'done', command: name, result: await work };
}

export function withAll<T>(args: T | undefined, work: (args: T) => Promise<unknown>): Promise<unknown> | undefined {
  return args === undefined ? undefined : work(args);
}

export function pageOf({ limit, before }: JsonObject): { limit: number; before?: string } | undefined {
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MOST_ITEMS) return undefined;
  if (before === undefined) return { limit };
  return typeof before === 'string' && before.length <= MAX_ID ? { limit, before } : undefined;
}

export function listOf<T extends string>(value: unknown, isItem: (item: unknown) => item is T): T[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_ITEMS) return undefined;
  const items: unknown[] = value;
  return items.every(isItem) ? items : undefined;
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID;
}
