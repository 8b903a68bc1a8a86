import { createRequire } from 'node:module';
import type { HLJSApi } from 'highlight.js';

// The grammars cost some 30 ms to load: a blog without code never pays for them, and markdown-it asks synchronously.
const require = createRequire(import.meta.url);
let loaded: HLJSApi | undefined;

/**
 * Colours the code of a fence as spans with `hljs-` classes; the theme's style sheet has the colours. Empty text,
 * which markdown-it takes as "escape it yourself", for a language that is not among the common ones.
 */
export function highlight(code: string, name: string): string {
  // Eleventy's plugin marks lines so: `js/2-3`.
  const language = name.replace(/\/[\d,-]*$/, '');
  if (!/^[\w+#.-]+$/.test(language) || language === 'text' || language === 'plain') return '';
  loaded ??= require('highlight.js/lib/common') as HLJSApi;
  if (!loaded.getLanguage(language)) return '';
  return loaded.highlight(code, { language, ignoreIllegals: true }).value;
}
