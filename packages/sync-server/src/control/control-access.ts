/**
 * Who may give commands: whoever knows the token and is on this machine. The token would do; the rest is for the day on
 * which it gets away. A proxy on this machine connects from here, too, for people who are not, and says so in its headers;
 * a web page that has found a name for this address says that name as the host.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What nothing but a proxy, or a browser, sends. */
const FOREIGN_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'origin', 'referer'];

export interface AccessRule {
  readonly token: string;
  /** As the control file says it. */
  readonly host: string;
}

export function mayControl(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  { token, host }: AccessRule,
): boolean {
  if (!isFromHere(socket) || headers.host !== host) return false;
  if (FOREIGN_HEADERS.some((name) => headers[name] !== undefined)) return false;
  return isSame(headers.authorization ?? '', `Bearer ${token}`);
}

/** A connection from an address to itself never leaves the machine, whichever address that is. */
function isFromHere({ remoteAddress, localAddress }: IncomingMessage['socket']): boolean {
  if (remoteAddress === undefined) return false;
  const address = remoteAddress.replace(/^::ffff:/, '');
  return address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address) || remoteAddress === localAddress;
}

/** In a time that tells nothing of either: not even the length. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}
