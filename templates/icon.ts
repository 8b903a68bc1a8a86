import { escapeXml } from './escape.ts';

/** A site icon for a blog without an avatar: the first letter of its name. */
export function renderIcon(name: string): string {
  const letter = [...name.trim()][0]?.toUpperCase() ?? 'P';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<path d="M6 60V30a26 26 0 0 1 52 0v30z" fill="#1d5c57"/>
<text x="32" y="46" fill="#fff" font-family="Georgia, serif" font-size="36" text-anchor="middle">${escapeXml(letter)}</text>
</svg>
`;
}
