import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { v7 as uuidV7 } from 'uuid';
import { openDriver, type EngineChoice } from '../engine/node/open-driver.ts';
import { readHeader } from '../engine/node/read-header.ts';
import { toDatabaseError } from '../errors.ts';
import type { ReplicaSchema } from '../schema/replica-schema.ts';
import { workspaceSchema, type WorkspaceTables } from '../schema/workspace.ts';
import { APPLICATION_ID, checkFileHeader } from './file-header.ts';
import { identify } from './file-identity.ts';
import { knownVersion } from './migrate.ts';
import { Replica, type ReplicaEnvironment } from './replica.ts';

export interface OpenReplicaOptions<T extends Record<string, unknown> = WorkspaceTables> extends Partial<
  Pick<ReplicaEnvironment, 'now' | 'randomBytes' | 'newId'>
> {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** `auto` takes the native engine where it can be loaded. */
  readonly engine?: EngineChoice;
  /** The workspace's, unless it is another app's replica. */
  readonly schema?: ReplicaSchema<T>;
  /** The cr-sqlite extension of the native engine; by default `CRSQLITE_PATH`. */
  readonly extensionPath?: string;
}

/**
 * Opens the replica in a file, creating and migrating it as needed. This process then owns the file until `close`.
 *
 * @example
 * const replica = openReplica({ path: 'notes.db' });
 * replica.db.insert(notes).values({ id: replica.newId(), title: 'Hello' }).run();
 */
export function openReplica(options: OpenReplicaOptions): Replica<WorkspaceTables>;
export function openReplica<T extends Record<string, unknown>>(
  options: OpenReplicaOptions<T> & { readonly schema: ReplicaSchema<T> },
): Replica<T>;
export function openReplica(options: OpenReplicaOptions<Record<string, unknown>>): Replica {
  const { path, engine = 'auto', schema = workspaceSchema, extensionPath, now = Date.now } = options;
  const isFile = path !== ':memory:';
  if (isFile) checkFileHeader(readHeader(path), path, knownVersion(schema));
  const driver = openDriver({ path, engine, extensionPath, applicationId: APPLICATION_ID });
  try {
    return new Replica(driver, schema, {
      now,
      newId: options.newId ?? (() => uuidV7()),
      randomBytes: options.randomBytes ?? ((length) => Uint8Array.from(randomBytes(length))),
      ...(isFile ? { fileIdentity: identify(statSync(path, { bigint: true })) } : {}),
    });
  } catch (error) {
    driver.close();
    throw toDatabaseError(error, `cannot open ${path}`);
  }
}
