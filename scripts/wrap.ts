/** What is typed as it stands: a line break in it would be typed, too. */
const UNIT = new RegExp(
  [
    '`[^`]*`\\S*',
    // npm run name -- value --option value "a value"
    '[("]?(?:npm|npx) (?:run )?[\\w:-]+(?: --(?: (?:--?[\\w-]+|"[^"]*"|<[^>]*>)\\S*| (?<= -- )\\S+| (?<=--[\\w-]+ )[^\\s"<-]\\S*)*)?\\S*',
    '\\S+',
  ].join('|'),
  'g',
);

/** Where nobody says how wide a line may be. */
export const WIDTH = 80;
/** In less no sentence can be read. */
const NARROWEST = 40;

/** The width of the terminal behind a stream. */
export function widthOf({ columns }: { readonly columns?: number | undefined }): number {
  return columns ? Math.max(columns, NARROWEST) : WIDTH;
}

/**
 * Breaks a line at spaces, `first` before it and `rest`, which is as wide, before all that follows. Addresses and commands
 * stay whole, so that they can be copied, also where they are longer than a line.
 */
export function wrapped(text: string, first: string, rest: string, width = WIDTH): string[] {
  const lines: string[] = [];
  let prefix = first;
  let line = '';
  for (const [unit] of text.matchAll(UNIT)) {
    if (line !== '' && rest.length + line.length + 1 + unit.length > width) {
      lines.push(prefix + line);
      prefix = rest;
      line = unit;
    } else line = line === '' ? unit : `${line} ${unit}`;
  }
  return [...lines, prefix + line];
}
