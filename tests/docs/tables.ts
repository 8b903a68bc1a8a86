import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The text of a page of documentation, by its name in docs/. */
export function readDoc(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');
}

/** One row of a table: the names in backticks of its first cell, and all its cells as they are written. */
export interface TableRow {
  readonly names: readonly string[];
  readonly cells: readonly string[];
}

/** Gives the rows of the first table below a heading; throws when there is none. */
export function tableBelow(text: string, heading: string): TableRow[] {
  const [, below] = text.split(`\n## ${heading}\n`);
  const lines = below?.split('\n## ')[0]?.split('\n') ?? [];
  const first = lines.findIndex((line) => line.startsWith('|'));
  if (first === -1) throw new Error(`There is no table below "${heading}".`);
  const rows = lines.slice(first);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(2, end === -1 ? undefined : end).map((line) => {
    const cells = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    return { names: codeIn(cells[0] ?? ''), cells };
  });
}

/** The texts in backticks. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The bodies of the fenced blocks of a language. */
export function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, body = '']) => body);
}
