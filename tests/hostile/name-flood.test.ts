/** A newer app may bring columns that nobody here knows; one that brings hundreds is no app. */
import { PROTOCOL_ERRORS } from '@tributary/sync/protocol';
import { expect, test } from 'vitest';
import { WORKSPACE } from '../network/device.ts';
import type { RawSession } from '../network/raw-session.ts';
import type { RelayProcess } from '../network/relay-process.ts';
import { editorToken, openRawSession, startRelay } from '../network/stage.ts';
import { goodBatch, hostileChange } from './batches.ts';

const SITE = new Uint8Array(16).fill(5);

test('a flood of names that nobody knows stops at the budget of the workspace, and a restart gives no new one', async () => {
  const relay = await startRelay();
  const token = await editorToken(relay);
  const first = await greet(relay, token);
  for (let version = 1; version <= 400 && first.closedWith === undefined; version++) {
    first.push(batchNaming(`unknown_${version}`, version));
  }
  await expectRefused(first);
  await relay.kill();
  await relay.start();
  const second = await greet(relay, token);
  second.push(batchNaming('unknown_afterwards', 1_000));
  await expectRefused(second);
  await relay.stop();
  expect((await relay.readLog(WORKSPACE)).length).toBeLessThanOrEqual(200);
});

async function greet(relay: RelayProcess, token: string): Promise<RawSession> {
  const session = openRawSession(relay);
  await session.hello({ token, siteId: SITE });
  await session.untilHeard('welcome');
  return session;
}

async function expectRefused(session: RawSession): Promise<void> {
  await session.untilClosed();
  expect(session.closedWith).toMatchObject({ code: PROTOCOL_ERRORS.change_refused.closeCode });
}

function batchNaming(cid: string, version: number): Uint8Array {
  return goodBatch(SITE, version - 1, { changes: [hostileChange(SITE, { cid, dbVersion: version })] });
}
