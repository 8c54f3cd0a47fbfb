import { deleteBrowserDatabase, openBrowserDriver, type Driver } from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import { onTestFinished } from 'vitest';

export const open = async (name: string): Promise<Driver> => openBrowserDriver({ name, wasm: wasmUrl, waitMs: 100 });

let names = 0;

/** Of a database that goes away with the test. */
export function freshName(): string {
  const name = `test-${names++}`;
  onTestFinished(async () => {
    await deleteBrowserDatabase(name);
  });
  return name;
}
