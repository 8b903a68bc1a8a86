/**
 * Our own failures: a stable `code`, the facts as fields, and what to do next. Strangers' faults are never errors but
 * tagged values with a reason.
 */
export class PosternError extends Error {
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly hint: string;

  constructor(
    code: string,
    message: string,
    options: { hint: string; facts?: Record<string, unknown>; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PosternError';
    this.code = code;
    this.hint = options.hint;
    this.facts = options.facts ?? {};
  }
}
