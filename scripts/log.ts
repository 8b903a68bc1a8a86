import pc from 'picocolors';
import type { LogLine } from '../server/ports.ts';
import { printable } from './printable.ts';

/**
 * On a terminal a line to read; elsewhere one JSON document a line, for a log collector. The facts are strangers' words,
 * also of requests that nobody signed, so none of them may steer the terminal.
 */
export function createLog(stream: NodeJS.WriteStream): (line: LogLine) => void {
  if (!stream.isTTY) return (line) => stream.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
  return ({ event, level, ...facts }) => {
    const paint = level === 'error' ? pc.red : level === 'warn' ? pc.yellow : pc.cyan;
    const rest = Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${pc.dim(`${name}=`)}${printable(String(value))}`);
    stream.write(`${pc.dim(new Date().toISOString().slice(11, 19))} ${paint(event)} ${rest.join(' ')}\n`);
  };
}

/** Errors alone: what a command tells by other means is not said twice. */
export function createErrorLog(stream: NodeJS.WriteStream): (line: LogLine) => void {
  const log = createLog(stream);
  return (line) => {
    if (line.level === 'error') log(line);
  };
}
