/** What the log takes on disk, told without opening it. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

/** On disk, with what is not written to its place yet. */
export function sizeOfLog(dataDirectory: string): number {
  const files = ['log.db', 'log.db-wal'].map((name) => path.join(dataDirectory, name));
  return files.reduce((bytes, file) => bytes + (existsSync(file) ? statSync(file).size : 0), 0);
}
