/**
 * `control.json` in the data directory of a running server: where commands on this machine find it, and the word that it
 * lets them in by. Whoever may read the file may read the data beside it, so it gives nobody more than they had.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ServerError } from '../errors.ts';

const controlFileSchema = z.object({
  pid: z.int().positive(),
  /** An address of this machine, and never a name. */
  address: z.string().regex(/^http:\/\/(?:[\d.]+|\[[\da-f:.]+\]):\d+$/),
  token: z.string().min(32),
});

export type ControlFile = Readonly<z.output<typeof controlFileSchema>>;

/** With the version of what is said there. A server that is asked for another one has no such route. */
export const CONTROL_PATH = '/control/1';

const TOKEN_BYTES = 32;

export function controlFilePath(dataDirectory: string): string {
  return path.join(dataDirectory, 'control.json');
}

export function createControlToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** There or not there, and never half. */
export function writeControlFile(dataDirectory: string, file: ControlFile): void {
  const target = controlFilePath(dataDirectory);
  const unfinished = `${target}.${randomUUID()}`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(file)}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(unfinished, target);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw new ServerError('data_unusable', `cannot write ${target}: ${(cause as Error).message}`, { cause });
  }
}

/** Undefined where there is none, or none that could be understood. */
export function readControlFile(dataDirectory: string): ControlFile | undefined {
  try {
    return controlFileSchema.parse(JSON.parse(readFileSync(controlFilePath(dataDirectory), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Unless it is another server's by now. */
export function removeControlFile(dataDirectory: string, token: string): void {
  if (readControlFile(dataDirectory)?.token === token) rmSync(controlFilePath(dataDirectory), { force: true });
}
