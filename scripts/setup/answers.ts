import { readProfileFields } from '../../build/profile-schema.ts';
import { printable, quoted } from '../printable.ts';
import type { AnswerKey } from './edit-profile.ts';

/** An answer as it goes into the profile, or what is wrong with it. */
export type Checked = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string };

export interface CheckOptions {
  /** Plain http origins are taken: development. */
  readonly allowHttp: boolean;
}

/** What the build would take for each of the other keys. */
export const SOUND = { username: 'me', name: 'Me', origin: 'https://blog.example' } as const;

/** Checks one answer as the build checks the profile, once it is brought into the form that people mean. */
export function checkAnswer(key: AnswerKey, typed: string, { allowHttp }: CheckOptions): Checked {
  const value = meant(key, typed.trim());
  if (value === '') return { ok: false, message: 'There is no answer that means none: write one.' };
  const { fields, faults } = readProfileFields({ ...SOUND, [key]: value }, allowHttp);
  const fault = faults.find(({ path }) => path[0] === key);
  if (fault) {
    const [, message = ''] = /^(?:origin: )?(.*)$/s.exec(fault.message) ?? [];
    return { ok: false, message: printable(message.includes(value) ? `${message}.` : `${quoted(value)}: ${message}.`) };
  }
  const taken = fields?.[key] ?? value;
  const one = key === 'origin' ? deployOf(taken) : undefined;
  if (one === undefined) return { ok: true, value: taken };
  return { ok: false, message: `${taken} is the address of one deploy. Write that of the site: ${one}` };
}

/** The host that stands in a handle: `@me@blog.example` says both. */
export function hostOfHandle(typed: string): string | undefined {
  return /^@?[^@\s]+@([^@\s/]+)$/.exec(typed.trim())?.[1];
}

/** `@me@blog.example` is the name `me`; `blog.example/` is the origin `https://blog.example`. */
function meant(key: AnswerKey, typed: string): string {
  if (key === 'username') return typed.replace(/^@/, '').replace(/@[^@]*$/, '');
  if (key === 'origin' && typed !== '' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) return `https://${typed}`;
  return typed;
}

/** Netlify's addresses of single deploys and branches have two hyphens; a site's name has none. */
function deployOf(origin: string): string | undefined {
  const site = /^[^.]*--([a-z0-9-]+)\.netlify\.app$/.exec(new URL(origin).hostname)?.[1];
  return site === undefined ? undefined : `https://${site}.netlify.app`;
}
