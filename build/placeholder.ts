/** What `npm run new` writes where the text of a post belongs. A file that still says only this is no post yet. */
export const PLACEHOLDER = 'Write here.';
