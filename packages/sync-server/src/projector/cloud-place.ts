/** Where a projection lies: the one that people read, or the one beside it that is built anew and compared. */
export interface CloudPlace {
  /** The schema of the typed tables. */
  readonly app: string;
  /** The schema of the machinery. */
  readonly sync: string;
}

export const LIVE: CloudPlace = { app: 'app', sync: 'sync' };

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
