import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Goes away with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-relay-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
