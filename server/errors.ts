/** The one error class of our own failures lives with the pure code, so that build/ throws the same one. */
export { PosternError } from '../federation/errors.ts';
