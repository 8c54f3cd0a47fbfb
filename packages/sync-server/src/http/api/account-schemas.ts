/** The parts that requests and answers about accounts are made of. */
import { z } from '@hono/zod-openapi';
import { parseEmail } from '../../accounts/email.ts';
import { cleanLabel, MAX_LABEL_CHARACTERS } from '../../accounts/label.ts';
import type { AccountSecret } from '../../accounts/account-secrets.ts';

/** More than any password: how long one may be is for the rules to say. */
const MAX_PASSWORD_UNITS = 1_000;
const MAX_SALT_BYTES = 64;
const MAX_WRAPPED_BYTES = 1_024;
const MAX_ITERATIONS = 100_000_000;

export const email = z
  .string({ error: 'has to be an e-mail address' })
  .transform((text, context) => {
    const parsed = parseEmail(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'has to be an e-mail address' });
    return z.NEVER;
  })
  .openapi({ type: 'string', format: 'email', example: 'ann@example.com' });

export const password = z
  .string({ error: 'has to be a text' })
  .max(MAX_PASSWORD_UNITS, `has to have ${MAX_PASSWORD_UNITS} characters at most`)
  .openapi({ format: 'password' });

/** What people call something. */
export const label = z
  .string({ error: 'has to be a text' })
  .transform(cleanLabel)
  .refine(
    (text) => Array.from(text).length <= MAX_LABEL_CHARACTERS,
    `has to have ${MAX_LABEL_CHARACTERS} characters at most`,
  )
  .openapi({ type: 'string', maxLength: MAX_LABEL_CHARACTERS });

export const name = label.refine((text) => text !== '', 'has to be a name').openapi({ minLength: 1 });

export const id = z.uuid({ error: 'has to be an id' });

export const time = z.iso.datetime().openapi({ example: '2026-01-31T12:00:00.000Z' });

export const deviceRequest = z
  .strictObject({
    id: id.optional().openapi({ description: 'What the device was called at an earlier sign-in.' }),
    name: label.default(''),
    platform: label.default(''),
  })
  .openapi('DeviceRequest');

export const device = z.object({ id, name: z.string(), platform: z.string() }).openapi('Device');

export const user = z.object({ id, email: z.string(), name: z.string() }).openapi('User');

function bytes(min: number, max: number) {
  const message = `has to be ${min} to ${max} bytes in base64`;
  return z
    .string({ error: message })
    .regex(/^[A-Za-z0-9+/_-]*={0,2}$/, message)
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .refine(({ length }) => length >= min && length <= max, message)
    .openapi({ type: 'string', format: 'byte' });
}

/** As it is sent. */
export const secret = z
  .strictObject({
    salt: bytes(16, MAX_SALT_BYTES),
    iterations: z
      .int({ error: 'has to be a whole number' })
      .min(1, 'has to be above 0')
      .max(MAX_ITERATIONS, `has to be ${MAX_ITERATIONS} at most`),
    wrapped: bytes(1, MAX_WRAPPED_BYTES),
  })
  .openapi('AccountSecretToKeep');

/** As it is answered. */
export const secretAnswer = z
  .object({ salt: z.base64(), iterations: z.int(), wrapped: z.base64() })
  .openapi('AccountSecret');

export function secretText({ salt, iterations, wrapped }: AccountSecret): z.output<typeof secretAnswer> {
  const text = (binary: Uint8Array): string => Buffer.from(binary).toString('base64');
  return { salt: text(salt), iterations, wrapped: text(wrapped) };
}
