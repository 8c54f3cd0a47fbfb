import { randomBytes } from 'node:crypto';

/** Text that hardly deflates. */
export function noise(length: number): string {
  const bytes = randomBytes(Math.ceil((length * 3) / 4));
  return bytes.toString('base64').slice(0, length);
}
