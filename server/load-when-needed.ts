/**
 * Gives a module of our own when it is first asked for. On a host that starts a process for a request, what that request does
 * not need shall not be loaded. The promise is kept: each further `import()` of a loaded module costs microseconds.
 */
export function whenNeeded<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loaded: Promise<Loaded> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

type Method = (...given: readonly unknown[]) => unknown;

/** For each method, whether it gives one promise, or many things one after the other. */
export type Methods<Part> = {
  readonly [Name in keyof Part]: Part[Name] extends (...given: never[]) => AsyncIterable<unknown> ? 'many' : 'one';
};

/** Gives something whose methods are all asynchronous, and which is made by the first call of one. */
export function partWhenNeeded<Part extends object>(make: () => Promise<Part>, methods: Methods<Part>): Part {
  const made = whenNeeded(make);
  const call = async (name: string, given: readonly unknown[]): Promise<unknown> => {
    const part = await made();
    return (Reflect.get(part, name) as Method).apply(part, [...given]);
  };
  const one =
    (name: string) =>
    (...given: unknown[]) =>
      call(name, given);
  const many = (name: string) =>
    async function* (...given: unknown[]) {
      yield* (await call(name, given)) as AsyncIterable<unknown>;
    };
  const entries = Object.entries(methods).map(([name, gives]) => [name, gives === 'many' ? many(name) : one(name)]);
  return Object.fromEntries(entries) as Part;
}
