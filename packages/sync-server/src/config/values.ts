/** How the values of options are written: text in, typed out, and for a fault what to write instead. */
import { z } from 'zod';

export type ValueSchema<Value> = z.ZodType<Value, string>;

export const text = value('text', (written) => written);

export const flag = value('true or false', (written) =>
  written === 'true' ? true : written === 'false' ? false : undefined,
);

export const port = value('a port number from 0 (any free one) to 65535', (written) => {
  const number = /^\d{1,5}$/.test(written) ? Number(written) : undefined;
  return number !== undefined && number <= 65_535 ? number : undefined;
});

export const count = value('a whole number above 0', (written) =>
  positive(/^\d+$/.test(written) ? Number(written) : NaN),
);

export const countOrZero = value('a whole number', (written) =>
  /^\d{1,3}$/.test(written) ? Number(written) : undefined,
);

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** In milliseconds. */
export const duration = value('a number with a unit: 500ms, 30s, 5m, 12h or 30d', (written) =>
  positive(amount(/^(\d+)(ms|s|m|h|d)$/.exec(written), MILLISECONDS)),
);

const BYTES: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

export const size = value('a number of bytes, such as 65536, 64KiB or 4MiB', (written) =>
  positive(amount(/^(\d+)(KiB|MiB|GiB|)$/.exec(written), BYTES)),
);

export const url = value('a URL that begins with https:// or http://', (written) =>
  URL.canParse(written) && /^https?:/.test(written) ? written : undefined,
);

/** Without a user and a password, which would be shown wherever the address is. */
export const endpoint = value('a URL that begins with https:// or http://, without a user or password', (written) => {
  if (!URL.canParse(written) || !/^https?:/.test(written)) return undefined;
  const { username, password } = new URL(written);
  return username === '' && password === '' ? written : undefined;
});

export const databaseUrl = value('a URL that begins with postgres:// or postgresql://', (written) =>
  /^postgres(?:ql)?:\/\//.test(written) ? written : undefined,
);

export const origins = value('origins such as https://app.example.com, separated by commas, or *', (written) => {
  const parts = splitList(written);
  return parts.every((part) => part === '*' || isOrigin(part)) ? parts : undefined;
});

/** Secrets, the first of which signs. */
export function secrets(minLength: number): ValueSchema<string[]> {
  return value(`at least ${minLength} characters; several are separated by commas`, (written) => {
    const parts = splitList(written);
    return parts.length > 0 && parts.every((part) => part.length >= minLength) ? parts : undefined;
  });
}

export function oneOf<const Value extends string>(values: readonly Value[]): ValueSchema<Value> {
  return value(`one of ${values.join(', ')}`, (written) => values.find((known) => known === written));
}

/** `expected` is to be read after "has to be". */
function value<Value>(expected: string, parse: (written: string) => Value | undefined): ValueSchema<Value> {
  return z.string().transform((written, context) => {
    const parsed = parse(written);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

function amount(match: RegExpExecArray | null, units: Readonly<Record<string, number>>): number {
  const [, number = '', unit = ''] = match ?? [];
  return number === '' ? NaN : Number(number) * (units[unit] ?? NaN);
}

function positive(number: number): number | undefined {
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function splitList(written: string): string[] {
  const parts = written.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function isOrigin(written: string): boolean {
  return URL.canParse(written) && new URL(written).origin === written;
}
