import type { Envelope } from '../federation/inbox/parse.ts';
import type { Outcome } from '../federation/outcome.ts';
import type { LogLine } from './ports.ts';

/** What is learnt of a request on its way, for its log line. */
export interface Trace {
  envelope: Envelope;
  /** What the outcome's reason does not say: how the look-up of a key went. */
  detail?: string | undefined;
  /** What was thrown, when the fault is ours. */
  fault?: unknown;
}

/** An error's message may quote what it choked on: this much says what went wrong. */
const MAX_ERROR = 200;

/** Writes the one line of an inbound request: type, id, actor and reason, never the body. */
export function logOutcome(log: (line: LogLine) => void, outcome: Outcome, trace: Trace): void {
  const { envelope, detail, fault } = trace;
  log({
    event: `inbox.${outcome.kind}`,
    level: fault !== undefined ? 'error' : outcome.kind === 'refused' ? 'warn' : 'info',
    activity: envelope.type,
    id: envelope.id,
    actor: envelope.actor,
    ...factsOf(outcome),
    ...(detail === undefined ? {} : { detail }),
    ...(fault === undefined ? {} : { error: describe(fault) }),
  });
}

function factsOf(outcome: Outcome): Record<string, string | number> {
  switch (outcome.kind) {
    case 'accepted':
      return { effects: outcome.effects.map((effect) => effect.type).join(' ') };
    case 'ignored':
      return { reason: outcome.reason };
    case 'refused':
      return { reason: outcome.reason, status: outcome.status };
    default:
      return outcome satisfies never;
  }
}

function describe(fault: unknown): string {
  return (fault instanceof Error ? `${fault.name}: ${fault.message}` : 'not an error').slice(0, MAX_ERROR);
}
