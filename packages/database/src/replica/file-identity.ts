/**
 * Which file a database lives in, apart from its path and contents: a file keeps its inode and time of birth when it is
 * moved, and loses both when it is copied. Stored as `inode` or `inode:birth`.
 */
import type { Driver } from '../engine/driver.ts';

export type FileIdentity = string;

export interface FileTimes {
  readonly ino: bigint;
  readonly birthtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** Where a file system knows no birth, the platform may answer with the time of the last change, which is of no use. */
export function identify({ ino, birthtimeNs, ctimeNs }: FileTimes): FileIdentity {
  const isBirthKnown = birthtimeNs > 0n && birthtimeNs !== ctimeNs;
  return isBirthKnown ? `${ino}:${birthtimeNs}` : `${ino}`;
}

/** A birth that one of the two does not know tells nothing. */
export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  const [inode, birth] = one.split(':');
  const [otherInode, otherBirth] = other.split(':');
  return inode === otherInode && (birth === undefined || otherBirth === undefined || birth === otherBirth);
}

const META_KEY = 'file_identity';

/** True when the file remembers being another one: it is a copy, or a restored backup. Then it learns which it is now. */
export function adoptFile(driver: Driver, identity: FileIdentity): boolean {
  const known = driver.prepare('SELECT value FROM local_meta WHERE key = ?').pluck().get(META_KEY) as
    FileIdentity | undefined;
  if (known === identity) return false;
  driver
    .prepare('INSERT INTO local_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
    .run(META_KEY, identity);
  return known !== undefined && !isSameFile(known, identity);
}
