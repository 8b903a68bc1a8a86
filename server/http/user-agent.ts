/** The `User-Agent` of every outbound request: GoToSocial answers 418 without one, and operators want to know who asks. */
export function userAgent(version: string, origin: string): string {
  return `Postern/${version} (+${origin})`;
}
