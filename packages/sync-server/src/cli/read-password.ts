/** A password on its way in: from a file, out of a pipe, or typed without being seen. Never an argument: others see those. */
import type { CommandWorld } from './command.ts';

export const PASSWORD_FLAG = {
  name: 'password-file',
  placeholder: 'file',
  description: 'Where the password stands. Without it, it is read from a pipe, or typed.',
} as const;

/** Undefined where it was typed differently the second time. */
export async function readPassword(
  { input, readFile, err }: CommandWorld,
  file: string | undefined,
): Promise<string | undefined> {
  if (file !== undefined) return firstLine(readFile(file));
  if (!input.isTerminal) return firstLine(await input.readAll());
  const typed = await input.readSecret('Password: ');
  if (typed === (await input.readSecret('Once more: '))) return typed;
  err('That was not the same twice.\n');
  return undefined;
}

/** As editors and echo leave it. */
function firstLine(text: string): string {
  return text.replace(/\r?\n$/, '');
}
