import { CORS, problem } from './respond.ts';

/** Says in JSON that there is nothing: to machines, at addresses where they read. */
export async function nothingHere(): Promise<Response> {
  return problem(404, 'There is nothing at this address.', CORS);
}
