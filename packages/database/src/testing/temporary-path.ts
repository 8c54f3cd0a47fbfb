import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A path for a file in a directory of its own, which goes away with the test. */
export function temporaryPath(name = 'test.db'): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return path.join(directory, name);
}
