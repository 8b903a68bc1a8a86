import { createDocumentClient } from './http/document-client.ts';
import { createOwnClient, type OwnClient } from './http/own-client.ts';
import { createHttp, type HttpOptions } from './http/shared.ts';
import type { DocumentClient, SigningKeys } from './ports.ts';

export interface ReceivingClients {
  readonly documents: DocumentClient;
  readonly own: OwnClient;
  close(): void;
}

/** Makes the clients that an inbox has a use for: to ask for keys and posts, and to start work of our own. */
export function createReceivingClients(keys: SigningKeys, options: HttpOptions): ReceivingClients {
  const http = createHttp(keys, options);
  return { documents: createDocumentClient(http), own: createOwnClient(http), close: () => http.agents.close() };
}
