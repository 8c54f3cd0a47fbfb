/**
 * Which web pages may connect. A browser tells the page's origin and cannot be made to lie about it; what is no browser tells
 * none, and has no cookies of anybody to misuse.
 */
export function isAllowedOrigin(
  { origin, host }: { readonly origin?: string | undefined; readonly host?: string | undefined },
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  return allowed.includes('*') || allowed.includes(origin) || isSameHost(origin, host);
}

/** A proxy with TLS in front changes the scheme, and leaves the host. */
function isSameHost(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
