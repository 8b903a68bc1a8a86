/** What the tests use of the library that PeerTube runs; it has no types of its own. */
declare module '@peertube/http-signature' {
  interface IncomingRequest {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  }
  interface OutgoingRequest {
    readonly method: string;
    readonly path: string;
    getHeader(name: string): string | undefined;
    setHeader(name: string, value: string): unknown;
  }
  interface Parsed {
    readonly keyId: string;
  }
  interface Signing {
    readonly authorizationHeaderName: string;
    readonly keyId: string;
    readonly key: string;
    readonly algorithm: string;
    readonly headers: readonly string[];
    readonly hideAlgorithm: boolean;
  }
  const library: {
    parseRequest(
      request: IncomingRequest,
      options: { readonly clockSkew: number; readonly headers?: readonly string[] },
    ): Parsed;
    verifySignature(parsed: Parsed, publicPem: string): boolean;
    signRequest(request: OutgoingRequest, options: Signing): boolean;
  };
  export default library;
}
