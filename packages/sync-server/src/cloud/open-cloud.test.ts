import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../logger.ts';
import { openCloud } from './open-cloud.ts';
import { describeEachCloud } from './testing/describe-each-cloud.ts';

describeEachCloud('opening the cloud', (cloud) => {
  test('takes a real PostgreSQL for a URL, and the embedded one for none', async () => {
    const { url, directory = '' } = await cloud.create();
    const database = await openCloud({ url, directory: path.dirname(directory), logger: silentLogger });
    onTestFinished(() => database.close());
    expect(database.kind).toBe(cloud.kind);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

test('a URL of something else is refused, and says what it should be', async () => {
  const opened = openCloud({ url: 'mysql://root:secret@localhost/app', directory: '/nowhere', logger: silentLogger });
  await expect(opened).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('it begins with postgres://'),
  });
});

test('a PostgreSQL that is away is mentioned, and may come later', async () => {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_fields: object, message: string) => warnings.push(message) };
  const database = await openCloud({
    url: 'postgres://postgres:secret@127.0.0.1:1/app',
    directory: '/nowhere',
    logger,
  });
  await database.close();
  expect(warnings).toEqual(['PostgreSQL cannot be reached yet']);
});
