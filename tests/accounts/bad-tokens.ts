/** Tokens that are no good, made from a good one: by somebody who has it, or even knows the secret of the server. */
import { createHmac } from 'node:crypto';

type Claims = Readonly<Record<string, unknown>>;

export function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

export function badTokens(good: string, secret: string): Readonly<Record<string, string>> {
  const header = JSON.parse(Buffer.from(good.split('.')[0] ?? '', 'base64url').toString()) as Claims;
  const claims = claimsOf(good);
  const now = Math.floor(Date.now() / 1000);
  const [head, , signature] = good.split('.');
  return {
    'an expired token': sign(header, { ...claims, iat: now - 1200, exp: now - 600 }, secret),
    'a token signed by another key': sign(header, claims, 'another secret that is long enough too'),
    'a token that needs no signature': `${part({ ...header, alg: 'none' })}.${part(claims)}.`,
    'a token without its signature': `${head}.${part(claims)}.`,
    'a token with other claims': `${head}.${part({ ...claims, sub: '00000000-0000-4000-8000-000000000000' })}.${signature}`,
    'a token of another type': sign({ ...header, typ: 'JWT' }, claims, secret),
    'a token of another issuer': sign(header, { ...claims, iss: 'https://evil.example' }, secret),
    'a token of no session': sign(header, { ...claims, sid: '00000000-0000-4000-8000-000000000000' }, secret),
    'no token': '',
    garbage: 'a.b.c',
  };
}

export function sign(header: Claims, claims: Claims, secret: string): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function part(json: Claims): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}
