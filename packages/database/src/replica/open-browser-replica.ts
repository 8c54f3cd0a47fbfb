import { v7 as uuidV7 } from 'uuid';
import { openBrowserDriver, type OpenBrowserDriverOptions } from '../engine/browser/open-driver.ts';
import { toDatabaseError } from '../errors.ts';
import type { ReplicaSchema } from '../schema/replica-schema.ts';
import { workspaceSchema, type WorkspaceTables } from '../schema/workspace.ts';
import { APPLICATION_ID, checkFileHeader } from './file-header.ts';
import { knownVersion } from './migrate.ts';
import { Replica, type ReplicaEnvironment } from './replica.ts';

export interface OpenBrowserReplicaOptions<T extends Record<string, unknown> = WorkspaceTables>
  extends
    Pick<OpenBrowserDriverOptions, 'name' | 'wasm' | 'waitMs'>,
    Partial<Pick<ReplicaEnvironment, 'now' | 'randomBytes' | 'newId'>> {
  /** The workspace's, unless it is another app's replica. */
  readonly schema?: ReplicaSchema<T>;
}

/**
 * Opens a replica that the browser keeps for this origin, creating and migrating it as needed. This worker, which must be
 * a dedicated one, then owns it until `close`.
 *
 * Nothing can copy one file of a browser's private storage, so unlike on Node there is no file identity to compare. A
 * profile that is copied whole brings its site id along; the relay notices that when it knows more of it than the copy.
 *
 * @example
 * import { wasmUrl } from '@tributary/database/wasm-url';
 * const replica = await openBrowserReplica({ name: 'notes', wasm: wasmUrl });
 */
export async function openBrowserReplica(options: OpenBrowserReplicaOptions): Promise<Replica<WorkspaceTables>>;
export async function openBrowserReplica<T extends Record<string, unknown>>(
  options: OpenBrowserReplicaOptions<T> & { readonly schema: ReplicaSchema<T> },
): Promise<Replica<T>>;
export async function openBrowserReplica(
  options: OpenBrowserReplicaOptions<Record<string, unknown>>,
): Promise<Replica> {
  const { name, wasm, waitMs, schema = workspaceSchema, now = Date.now } = options;
  const checkHeader = (header: Uint8Array) => checkFileHeader(header, name, knownVersion(schema));
  const driver = await openBrowserDriver({ name, wasm, waitMs, applicationId: APPLICATION_ID, checkHeader });
  try {
    return new Replica(driver, schema, {
      now,
      newId: options.newId ?? (() => uuidV7()),
      randomBytes: options.randomBytes ?? ((length) => crypto.getRandomValues(new Uint8Array(length))),
    });
  } catch (error) {
    driver.close();
    throw toDatabaseError(error, `cannot open ${name}`);
  }
}
