import { PosternError } from '../../server/errors.ts';

/** The fault of ours with which some work ends; it throws where there is none, or another. */
export async function faultOf(work: Promise<unknown>): Promise<PosternError> {
  const ended: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(ended instanceof PosternError)) throw new Error(`no PosternError but ${String(ended)}`, { cause: ended });
  return ended;
}

/** Everything that could be printed of a fault. */
export function printedOf(fault: PosternError): string {
  return [fault.message, fault.hint, JSON.stringify(fault.facts), fault.stack, String(fault.cause)].join('\n');
}
