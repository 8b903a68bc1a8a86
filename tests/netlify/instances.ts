import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

/** What a thread is told to run. */
export interface Call {
  readonly program: string;
  readonly workerData: unknown;
  readonly variables: Readonly<Record<string, string>>;
}

/** A thread, what it runs, and for whom. */
interface Instance {
  readonly thread: threads.Worker;
  readonly function: string;
  readonly site: string;
  call?: InstanceCall;
}

export interface Instances {
  /** Runs what answers one request: its functions find these variables in their environment. */
  with<Result>(variables: Readonly<Record<string, string>>, run: () => Result): Result;
}

const { Worker } = threads;

/**
 * The emulation starts a thread for each request and lets it end. From here on a thread is kept, as the platform keeps an
 * instance, until a request comes in another test's world: what one test did, no other finds in memory.
 */
export function keepInstances(threadFile: string): Instances {
  const worlds = new AsyncLocalStorage<Readonly<Record<string, string>>>();
  const idle: Instance[] = [];

  const take = (program: string, site: string): Instance => {
    for (const other of idle.splice(0)) {
      if (other.site === site) idle.push(other);
      else void other.thread.terminate();
    }
    const kept = idle.findIndex((each) => each.function === program);
    return idle.splice(kept, kept < 0 ? 0 : 1)[0] ?? start(program, site);
  };
  const start = (program: string, site: string): Instance => {
    const instance: Instance = { thread: new Worker(threadFile), function: program, site };
    const end = (event: 'message' | 'error') => (value: unknown) => {
      const { call } = instance;
      delete instance.call;
      if (event === 'message') idle.push(instance);
      if (typeof value === 'object' && value !== null && 'fault' in value) call?.emit('error', value.fault);
      else call?.emit(event, value);
    };
    instance.thread.on('message', end('message')).on('error', end('error'));
    return instance;
  };

  class InWorld {
    constructor(file: string | URL, options: threads.WorkerOptions = {}) {
      const program = String(file);
      // biome-ignore lint/correctness/noConstructorReturn: other threads stay what they are
      if (!program.includes('functions-dev')) return new Worker(file, options);
      const variables = worlds.getStore() ?? {};
      const entry = String(Reflect.get(Object(options.workerData), 'entryFilePath'));
      const instance = take(entry, variables.NETLIFY_BLOBS_CONTEXT ?? '');
      instance.call = new InstanceCall();
      const call: Call = { program, workerData: options.workerData, variables };
      instance.thread.postMessage(call);
      // biome-ignore lint/correctness/noConstructorReturn: the emulation listens to it alone
      return instance.call;
    }
  }
  Object.assign(threads, { Worker: InWorld });
  syncBuiltinESMExports();
  return { with: (variables, run) => worlds.run(variables, run) };
}

/** What the emulation takes for its thread: it tells one result or one fault. */
class InstanceCall extends EventEmitter {}
