import { isLocalHost } from './doctor/patient.ts';

/** A name with a dot in it, or this machine, with a port if need be. */
const HOST = /^(?:[^\s/:@]+\.[^\s/:@]+|localhost)(?::\d+)?$/;

/** What is meant by `blog.example`, `blog.example/` and `@me@blog.example`: the origin there. Anything else is given as it is. */
export function namedOrigin(value: string): string {
  const text = value
    .trim()
    .replace(/^@?[^@/\s]+@/, '')
    .replace(/\/+$/, '');
  if (!HOST.test(text)) return value;
  return `${isLocalHost(text.replace(/:\d+$/, '')) ? 'http' : 'https'}://${text}`;
}
