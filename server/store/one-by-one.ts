import type { Store } from './store.ts';

/** Makes writes that belong together where there is no transaction: each once the one before it is stored. */
export const inOrder: Store['together'] = async <T>(writes: readonly (() => Promise<T>)[]): Promise<T[]> => {
  const answers: T[] = [];
  for (const write of writes) answers.push(await write());
  return answers;
};
