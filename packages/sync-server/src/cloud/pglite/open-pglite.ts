/** How PGlite is opened, by the worker that uses it and by the process that makes its directory. */
import { PGlite, type Extensions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { unaccent } from '@electric-sql/pglite/contrib/unaccent';

/** Optional: it is 10 times the size of the others. */
const VECTOR_PACKAGE: string = '@electric-sql/pglite-pgvector';

const SETTINGS = [
  // Half the memory of the default, and as fast for one session.
  'shared_buffers=16MB',
  // Only what a checkpoint needs: see CheckpointClock.
  'min_wal_size=32MB',
  'max_wal_size=64MB',
  'timezone=UTC',
];

export async function openPglite(directory: string): Promise<PGlite> {
  return PGlite.create({
    dataDir: directory,
    extensions: { pg_trgm, unaccent, ...(await vectorExtension()) },
    // Of the journal: the default of 16 MB makes an empty database twice as large.
    initDbStartParams: ['--wal-segsize=4'],
    startParams: [...PGlite.defaultStartParams, ...SETTINGS.flatMap((setting) => ['-c', setting])],
  });
}

async function vectorExtension(): Promise<Extensions> {
  try {
    const { vector } = (await import(VECTOR_PACKAGE)) as Extensions;
    return vector === undefined ? {} : { vector };
  } catch {
    return {};
  }
}
