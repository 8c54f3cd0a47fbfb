/** The workplace of commands that a running server takes: its own log and cloud copy. */
import { workspaceCloudSchema, type CloudSchema } from '@tributary/database/cloud';
import type { CloudCopy } from '../cloud-copy.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import type { CloudDatabase } from '../cloud/cloud-database.ts';
import { ServerError } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { Workplace } from './operation.ts';

export class ServerWorkplace implements Workplace {
  readonly isServing = true;
  readonly log: Log;
  readonly #cloud: CloudCopy | undefined;

  constructor(log: Log, cloud: CloudCopy | undefined) {
    this.log = log;
    this.#cloud = cloud;
  }

  get schema(): CloudSchema {
    return this.#cloud?.schema ?? workspaceCloudSchema;
  }

  get cloud(): CloudDatabase {
    const { database } = this.#copy;
    if (database === undefined)
      throw new CloudError('cloud_unavailable', 'PostgreSQL is away; the server waits for it');
    return database;
  }

  remakeCloud(): Promise<void> {
    return this.#copy.remake();
  }

  get #copy(): CloudCopy {
    if (this.#cloud === undefined) throw new ServerError('cloud_absent', 'the running server keeps no cloud copy');
    return this.#cloud;
  }
}
