import { PosternError } from '../../server/errors.ts';
import { type Checked, checkAnswer, hostOfHandle } from './answers.ts';
import type { Prompt, Question } from './ask.ts';
import { ANSWER_KEYS, type AnswerKey, type Answers } from './edit-profile.ts';

/** What was typed behind flags. */
export type Given = Partial<Readonly<Record<AnswerKey, string>>>;

export interface Gathering {
  readonly given: Given;
  /** What the profile has, as far as it can stay. */
  readonly current: Given;
  readonly allowHttp: boolean;
  /** Absent where nobody can be asked. */
  readonly prompt?: Prompt;
}

const FLAGS: Readonly<Record<AnswerKey, string>> = { username: '--handle', name: '--name', origin: '--origin' };

const QUESTIONS: Readonly<Record<AnswerKey, Pick<Question, 'text' | 'help'>>> = {
  username: {
    text: 'By what name shall people find you?',
    help: 'What stands before @blog.example: a-z, 0-9 and _. To change it later takes time: npm run move.',
  },
  name: { text: 'What name shall they see?', help: 'Yours or that of the blog, such as: Mara Lind' },
  origin: {
    text: 'At what address will the blog be?',
    help: 'Your domain, or the one that you choose at Netlify: https://….netlify.app\nIt is part of every id: to change it later is to move (npm run move).',
  },
};

/** Gets the three answers: what a flag says, else what the profile has, else what a person says who is asked. */
export async function gatherAnswers({ given, current, allowHttp, prompt }: Gathering): Promise<Answers> {
  const check = (key: AnswerKey, typed: string): Checked => checkAnswer(key, typed, { allowHttp });
  const known = new Map<AnswerKey, string>();
  for (const key of ANSWER_KEYS) {
    const typed = given[key];
    if (typed !== undefined) known.set(key, taken(key, check(key, typed)));
    else if (current[key] !== undefined) known.set(key, current[key]);
  }
  let host = given.username === undefined ? undefined : hostOfHandle(given.username);
  const missing = ANSWER_KEYS.filter((key) => !known.has(key));
  if (!prompt && missing.length > 0) throw missingAnswers(missing);
  for (const key of missing) {
    const suggested = key === 'origin' && host !== undefined ? `https://${host}` : undefined;
    const question: Question = {
      ...QUESTIONS[key],
      ...(suggested === undefined ? {} : { suggested }),
      check: (typed) => {
        if (key === 'username') host = hostOfHandle(typed);
        return check(key, typed);
      },
    };
    if (prompt) known.set(key, await prompt.ask(question));
  }
  const of = (key: AnswerKey): string => known.get(key) ?? '';
  return { username: of('username'), name: of('name'), origin: of('origin') };
}

/** What of a profile can stay as it is: values that the build takes. */
export function soundAnswers(data: Readonly<Record<string, unknown>>, allowHttp: boolean): Given {
  const sound = ANSWER_KEYS.flatMap((key) => {
    const value = data[key];
    return typeof value === 'string' && checkAnswer(key, value, { allowHttp }).ok ? [[key, value] as const] : [];
  });
  return Object.fromEntries(sound);
}

function taken(key: AnswerKey, checked: Checked): string {
  if (checked.ok) return checked.value;
  throw new PosternError('not-an-answer', `${FLAGS[key]}: ${checked.message}`, {
    hint: 'Correct it; nothing was written.',
    facts: { key },
  });
}

function missingAnswers(keys: readonly AnswerKey[]): PosternError {
  const flags = keys.map((key) => FLAGS[key]).join(', ');
  return new PosternError('missing-answers', `Nobody can be asked here, and these are missing: ${flags}.`, {
    hint: 'npm run setup -- --handle mara --name "Mara Lind" --origin https://blog.example',
    facts: { keys },
  });
}
