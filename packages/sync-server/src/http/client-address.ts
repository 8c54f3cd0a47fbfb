/**
 * Where a request comes from. What proxies say about it in X-Forwarded-For anybody can say: only as many of the last entries
 * are believed as there are proxies of ours, because each of them has added one.
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { Context } from 'hono';
import { z } from 'zod';

export interface ProxyTrust {
  /** How many proxies of ours a request passes before it comes here. */
  readonly trustedProxies?: number | undefined;
}

/** As @hono/node-server hands a request on. */
const nodeEnv = z.object({ incoming: z.object({ socket: z.object({ remoteAddress: z.string().optional() }) }) });

/** What IPv4 looks like on a socket that speaks both. */
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** As some proxies write an address: 192.0.2.1:4711 or [2001:db8::1]:4711. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]+)\])(?::\d+)?$/;

/** Undefined where there is no socket, or a proxy says nothing that could be an address. */
export function clientAddress(
  context: Pick<Context, 'env' | 'req'>,
  { trustedProxies = 0 }: ProxyTrust,
): string | undefined {
  const { data } = nodeEnv.safeParse(context.env);
  const forwarded = listOf(context.req.header('X-Forwarded-For'));
  const hops = [...forwarded, data?.incoming.socket.remoteAddress ?? ''];
  const hop = hops.at(Math.max(-1 - trustedProxies, -hops.length)) ?? '';
  const address = hop.replace(WITH_PORT, '$1$2').replace(MAPPED, '');
  return isIPv4(address) || isIPv6(address) ? address : undefined;
}

/** Whether the browser has asked by https, as far as we or our proxies can tell. */
export function isSecure(context: Pick<Context, 'req'>, { trustedProxies = 0 }: ProxyTrust): boolean {
  if (new URL(context.req.url).protocol === 'https:') return true;
  if (trustedProxies > 0 && listOf(context.req.header('X-Forwarded-Proto')).at(-1) === 'https') return true;
  // A page that came by https cannot have asked by http.
  return context.req.header('Origin')?.startsWith('https://') ?? false;
}

/** Whose addresses count as one: of IPv6 everybody has 2^64. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !isIPv6(address)) return address ?? '';
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  const groups = [...front, ...zeros, ...back].slice(0, 4);
  return groups.map((group) => group.toLowerCase().replace(/^0+(?=.)/, '')).join(':');
}

function listOf(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
