const LOOK_EVERY_MS = 500;

/** How long requests that are under way may take once the command is to stop. */
export const STOP_GRACE_MS = 2_000;

/**
 * Aborts at Ctrl-C, at SIGTERM, at the end of a terminal, and when the `npm` that ran this is gone: npm hands a signal
 * to a shell, which dies of it and leaves its child behind, holding the port.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  // Forked, as by a test: whoever did it is gone.
  process.once('disconnect', stop);
  process.channel?.unref();
  if (process.env.npm_lifecycle_event !== undefined) {
    const parent = process.ppid;
    const look = setInterval(() => {
      if (process.ppid !== parent) stop();
    }, LOOK_EVERY_MS);
    look.unref();
  }
  return controller.signal;
}
