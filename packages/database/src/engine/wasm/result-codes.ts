/** SQLite's result codes, by number and by the names that better-sqlite3 gives them. */

export const OK = 0;
export const IOERR = 10;
export const NOTFOUND = 12;
export const FULL = 13;
export const CANTOPEN = 14;
export const ROW = 100;
export const DONE = 101;

const extended = (primary: number, detail: number): number => primary | (detail << 8);

export const IOERR_READ = extended(IOERR, 1);
export const IOERR_SHORT_READ = extended(IOERR, 2);
export const IOERR_WRITE = extended(IOERR, 3);
export const IOERR_FSYNC = extended(IOERR, 4);
export const IOERR_TRUNCATE = extended(IOERR, 6);
export const IOERR_FSTAT = extended(IOERR, 7);
export const IOERR_DELETE = extended(IOERR, 10);
export const IOERR_ACCESS = extended(IOERR, 13);
export const IOERR_CLOSE = extended(IOERR, 16);
export const IOERR_DELETE_NOENT = extended(IOERR, 23);

export function codeName(code: number): string {
  const primary = PRIMARY[code & 0xff];
  if (primary === undefined) return `SQLITE_UNKNOWN_${code}`;
  const detail = EXTENDED[primary]?.[(code >> 8) - 1];
  return detail && detail !== '-' ? `SQLITE_${primary}_${detail}` : `SQLITE_${primary}`;
}

const words = (...lines: string[]): readonly string[] => lines.join(' ').split(' ');

const PRIMARY = words(
  'OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN',
  'PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB NOTICE WARNING',
);

/** In the order of their numbers, from 1. `-` stands for one that has no name. */
const EXTENDED: Readonly<Record<string, readonly string[]>> = {
  ABORT: words('- ROLLBACK'),
  BUSY: words('RECOVERY SNAPSHOT TIMEOUT'),
  CANTOPEN: words('NOTEMPDIR ISDIR FULLPATH CONVPATH'),
  CONSTRAINT: words(
    'CHECK COMMITHOOK FOREIGNKEY FUNCTION NOTNULL PRIMARYKEY TRIGGER UNIQUE VTAB ROWID PINNED DATATYPE',
  ),
  CORRUPT: words('VTAB SEQUENCE INDEX'),
  IOERR: words(
    'READ SHORT_READ WRITE FSYNC DIR_FSYNC TRUNCATE FSTAT UNLOCK RDLOCK DELETE BLOCKED NOMEM ACCESS',
    'CHECKRESERVEDLOCK LOCK CLOSE DIR_CLOSE SHMOPEN SHMSIZE SHMLOCK SHMMAP SEEK DELETE_NOENT',
  ),
  READONLY: words('RECOVERY CANTLOCK ROLLBACK DBMOVED CANTINIT DIRECTORY'),
};
