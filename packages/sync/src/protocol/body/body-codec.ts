/** Changes to the columns of a BatchBody and back. tributary.proto says what each of them holds. */
import type { Change } from '@tributary/database/changes';
import { malformed } from '../errors.ts';
import { MessageWriter, readFields } from '../wire/message-fields.ts';
import { BODY_LAYOUTS } from './body-fields.ts';
import { CellReader, CellWriter } from './cells.ts';
import { RowReader, RowWriter } from './rows.ts';
import { SiteReader, SiteWriter } from './sites.ts';
import { ValueReader } from './value-reader.ts';
import { ValueWriter } from './value-writer.ts';
import { VersionReader, VersionWriter } from './versions.ts';

export interface BodyContent {
  readonly changes: readonly Change[];
  readonly toVersion: number;
  readonly refill: boolean;
}

export function encodeBody({ changes, toVersion, refill }: BodyContent): Uint8Array<ArrayBuffer> {
  const rows = new RowWriter();
  const versions = new VersionWriter();
  const cells = new CellWriter();
  const sites = new SiteWriter(refill);
  const values = new ValueWriter();
  for (const change of changes) {
    rows.push(change);
    versions.push(change);
    cells.push(change);
    sites.push(change);
    values.push(change.val);
  }
  const message = new MessageWriter();
  versions.writeTo(message, toVersion);
  for (const columns of [rows, cells, sites, values]) columns.writeTo(message);
  return message.finish();
}

export interface BodyFacts {
  readonly changeCount: number;
  readonly toVersion: number;
  /** Undefined for a refill, which names the site of each change. */
  readonly author: Uint8Array | undefined;
}

export function decodeBody(body: Uint8Array, { changeCount, toVersion, author }: BodyFacts): Change[] {
  const fields = readFields(body, BODY_LAYOUTS, changeCount);
  const values = new ValueReader(fields);
  // Each change has its byte here at the least, so a small body cannot ask for much memory.
  if (values.length !== changeCount) throw malformed(`a batch of ${changeCount} changes has ${values.length} values`);
  const rows = new RowReader(fields, changeCount);
  const versions = new VersionReader(fields, changeCount, toVersion);
  const cells = new CellReader(fields);
  const sites = new SiteReader(fields, author);

  const changes: Change[] = [];
  for (let i = 0; i < changeCount; i++) {
    rows.next();
    versions.next();
    changes.push({
      table: rows.table,
      pk: rows.pk,
      cid: cells.nextColumn(),
      val: values.next(),
      colVersion: cells.nextVersion(),
      dbVersion: versions.version,
      siteId: sites.next(),
      cl: rows.causalLength,
      seq: versions.seq,
    });
  }
  const isAtEnd = [rows, versions, cells, sites, values].every((reader) => reader.isAtEnd);
  if (!isAtEnd) throw malformed('a batch holds more than its changes');
  return changes;
}
