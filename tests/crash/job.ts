import type { JsonObject } from '../../federation/vocabulary.ts';

/** What a child is told to do, as JSON in its first argument. */
export interface Job {
  /** Names this run of this process: it is its `User-Agent`, so that a peer knows who posted. */
  readonly run: string;
  /** The SQLite file. */
  readonly file: string;
  /** A private key in PEM: the blog signs with it, and so does everyone who follows. */
  readonly key: string;
  /** Which files the blog has: a name of `BLOGS`. */
  readonly blog: string;
  /** What it does, one after the other; what stands in one inner list is done at once. */
  readonly actions: readonly (readonly string[])[];
  /** What the actions get, such as the followers that ask to be let in. */
  readonly follows?: readonly Following[];
  /** Milliseconds that have passed for this process since the first one began. */
  readonly later: number;
  /** How much its clock is ahead of that of a process beside it. Milliseconds. */
  readonly ahead?: number;
  /** Kills itself at this step, counted from 1. */
  readonly dieAt?: number;
  /** The most pages that the file may have: a disk that is full. */
  readonly mostPages?: number;
}

/** Somebody who follows the blog while it publishes. */
export interface Following {
  readonly actor: string;
  readonly inbox: string;
}

/** What a child says on its standard output, one JSON object a line, written before it goes on. */
export type Said =
  | { readonly said: 'ready' }
  /** The sender of a Follow was answered 202: from now on the follower may not get lost. */
  | { readonly said: 'accepted'; readonly actor: string }
  | { readonly said: 'refused'; readonly actor: string; readonly status: number }
  | { readonly said: 'result'; readonly action: string; readonly result: JsonObject }
  /** It came to its end, after so many steps. */
  | { readonly said: 'done'; readonly steps: number }
  | { readonly said: 'fault'; readonly code: string; readonly message: string; readonly hint: string };
