import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CloudCopy, type CloudCopyOptions } from './cloud-copy.ts';
import type { CloudPlace } from './cloud/testing/cloud-place.ts';
import { describeCloud, describeEachCloud, type TestCloud } from './cloud/testing/describe-each-cloud.ts';
import { cell, TestProjection, titlesOf } from './projector/testing/test-projection.ts';
import { RecordingLogger } from './testing/recording-logger.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';
import path from 'node:path';

const WAIT = { timeout: 20_000, interval: 20 };

function logOnly(): TestProjection {
  return new TestProjection(undefined as never);
}

function copyOf(projected: TestProjection, place: Partial<CloudPlace>, options: Partial<CloudCopyOptions> = {}) {
  const logger = new RecordingLogger();
  const dataDirectory = place.directory === undefined ? temporaryDirectory() : path.dirname(place.directory);
  const copy = new CloudCopy({ log: projected.log, url: place.url, dataDirectory, logger, ...options });
  onTestFinished(() => copy.stop());
  return { copy, logger };
}

describeEachCloud('the cloud copy', (cloud: TestCloud) => {
  test('is migrated, filled, and filled further when it is opened again', async () => {
    const projected = logOnly();
    const place = await cloud.create();
    await projected.push('work', cell(1, 'one'));
    const announced: unknown[] = [];
    const first = copyOf(projected, place, { onProjected: (...news) => announced.push(news) });
    expect([first.copy.database, first.copy.metrics(), first.copy.projectedSeq('work')]).toEqual(
      Array(3).fill(undefined),
    );
    await first.copy.start();
    await vi.waitFor(() => expect(announced).toEqual([['work', 1]]), WAIT);
    first.copy.stored('work', await projected.push('work', cell(2, 'two')));
    await vi.waitFor(() => expect(first.copy.projectedSeq('work')).toBe(2), WAIT);
    expect(first.copy.metrics()).toMatchObject({ changes: 2 });
    await first.copy.stop();
    expect(first.copy.database).toBeUndefined();
    expect(first.logger.lines.filter((line) => !line.startsWith('debug'))).toEqual(['info: PostgreSQL was migrated']);

    await projected.push('work', cell(3, 'three'));
    const second = copyOf(projected, place);
    await second.copy.start();
    await vi.waitFor(() => expect(second.copy.projectedSeq('work')).toBe(3), WAIT);
    const database = second.copy.database;
    if (database === undefined) throw new TypeError('the copy is not open');
    expect(await titlesOf(database, 'work')).toEqual({ 1: 'one', 2: 'two', 3: 'three' });
    expect(second.logger.lines.filter((line) => !line.startsWith('debug'))).toEqual([]);
  });

  test('may be stopped while it is being started', async () => {
    const { copy } = copyOf(logOnly(), await cloud.create());
    const started = copy.start();
    await copy.stop();
    await started;
    expect([copy.database, copy.metrics()]).toEqual([undefined, undefined]);
  });

  test('refuses at once what will never work', async () => {
    const place = await cloud.create();
    const database = await place.open();
    await database.execute(`CREATE SCHEMA tributary;
      CREATE TABLE tributary.migrations (tag text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
      INSERT INTO tributary.migrations (tag) VALUES ('9999_newer')`);
    await database.close();
    const { copy } = copyOf(logOnly(), place);
    await expect(copy.start()).rejects.toMatchObject({ code: 'data_too_new' });
    await copy.stop();
    if (place.url === undefined) return;
    const nowhere = new URL(place.url);
    nowhere.pathname = '/no_such_database';
    const wrong = copyOf(logOnly(), { url: nowhere.href });
    await expect(wrong.copy.start()).rejects.toMatchObject({ code: 'cloud_refused', sqlState: '3D000' });
  });
});

describeCloud('postgres', 'the cloud copy in another place', (cloud: TestCloud) => {
  test('is opened later when PostgreSQL is away at first', async () => {
    const { url = '' } = await cloud.create();
    const projected = logOnly();
    await projected.push('late', cell(1, 'x'));
    const port = await startsLater(url);
    const away = new URL(url);
    away.port = String(port.number);
    const { copy, logger } = copyOf(projected, { url: away.href });
    await copy.start();
    expect(copy.metrics()).toBeUndefined();
    copy.stored('late', await projected.push('late', cell(2, 'y')));
    await port.listen();
    await vi.waitFor(() => expect(copy.projectedSeq('late')).toBe(2), WAIT);
    expect(logger.lines).toContain('error: PostgreSQL is away: the relay works without it, and the copy is made later');
    expect(logger.lines.at(-1)).toBe('info: PostgreSQL is there');
    await copy.stop();
  });

  test('is stopped while PostgreSQL is still away', async () => {
    const { copy } = copyOf(logOnly(), { url: `postgres://127.0.0.1:1/${randomBytes(4).toString('hex')}` });
    await copy.start();
    await copy.stop();
    expect(copy.database).toBeUndefined();
  });
});

/** A port where nobody answers until `listen`: then PostgreSQL does. */
async function startsLater(url: string) {
  const { createConnection, createServer } = await import('node:net');
  const { hostname, port } = new URL(url);
  const server = createServer((socket) => {
    const forward = createConnection({ host: hostname, port: Number(port || 5432) });
    socket
      .on('error', () => forward.destroy())
      .pipe(forward)
      .on('error', () => socket.destroy())
      .pipe(socket);
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  await listen(0);
  const address = server.address();
  const number = typeof address === 'object' && address !== null ? address.port : 0;
  await close();
  onTestFinished(() => void server.close());
  return { number, listen: () => listen(number) };
}
