import type { Driver } from '../../engine/driver.ts';

export interface DriverTestOptions {
  /** Opens a database file, or `:memory:`. */
  readonly open: (path: string) => Driver | Promise<Driver>;
  /** A fresh path for a database file. */
  readonly createPath: () => string;
}
