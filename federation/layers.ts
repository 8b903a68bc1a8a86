/** The folder of a built site that holds what comes later. It has no address. */
export const LAYERS_FOLDER = '.scheduled';

/**
 * Gives the name of a layer's folder: the instant from which its files stand over the base's, in UTC and whole seconds
 * (`20261201T070000Z`). Takes milliseconds since the epoch, rounded up: nothing comes too early. Never fails for a year
 * of four digits. (ISO 8601, basic format)
 */
export function layerName(at: number): string {
  const whole = new Date(Math.ceil(at / 1000) * 1000).toISOString();
  return `${whole.slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** Reads what `layerName` wrote, as milliseconds since the epoch; undefined for any other name. */
export function layerTime(name: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(name);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}
