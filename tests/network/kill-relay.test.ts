/** What SIGKILL may and may not do to the relay, while fifty devices are at work. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { decodeBatch } from '@tributary/sync/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FoldedChanges } from '../convergence/sim-relay.ts';
import { faultsOfLog, versionsIn } from './check-log.ts';
import { WORKSPACE } from './device.ts';
import { Fleet } from './fleet.ts';
import { RelayProcess } from './relay-process.ts';
import { rowsOf } from './rows-of.ts';
import { sleep } from './wait-until.ts';

const DEVICES = 50;
const KILLS = 10;
const EDIT_EVERY_MS = 40;

let relay: RelayProcess;
let fleet: Fleet;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tributary-devices-'));
  relay = await RelayProcess.start();
});

afterEach(async () => {
  fleet.close();
  await relay.remove();
  rmSync(directory, { recursive: true, force: true });
});

const seed = seedOfRun();

test(
  `${KILLS} kills of the relay lose nothing that was acknowledged, and ${DEVICES} devices agree (seed ${seed})`,
  { timeout: 90_000 },
  async () => {
    const random = createSeededRandom(seed);
    fleet = await Fleet.connect({ relay, devices: DEVICES, onFiles: 4, directory, random });
    fleet.startEditing(EDIT_EVERY_MS);
    for (let kill = 0; kill < KILLS; kill++) await killAndRestart(random);
    fleet.stopEditing();
    const beforeTheEnd = fleet.acknowledged;
    await fleet.settle(40_000);
    expect(beforeTheEnd, 'edits acknowledged between the kills').toBeGreaterThan(fleet.edits / 4);

    expectEqualReplicas(fleet);
    expect(await relay.stop()).toBe(0);
    await expectWholeLog(fleet);
  },
);

/** Some die while they start, some under load. */
async function killAndRestart(random: SeededRandom): Promise<void> {
  const diesEarly = random.chance(0.2);
  await sleep(diesEarly ? 0 : 200 + random.below(1_800));
  await relay.kill();
  await sleep(random.below(200));
  if (diesEarly) {
    relay.launch();
    await sleep(random.below(600));
    await relay.kill();
  }
  await relay.start();
}

function expectEqualReplicas({ members }: Fleet): void {
  const [first, ...others] = members.map(({ device }) => rowsOf(device.replica));
  expect(first!.filter((row) => row.startsWith('conflicts:')).length, 'conflicts').toBeGreaterThan(0);
  expect(first!.filter((row) => row.startsWith('notes:')).length, 'notes').toBeGreaterThan(DEVICES);
  for (const rows of others) expect(rows).toEqual(first);
  for (const { device, siteId, unconfirmed } of members) {
    expect(device.replica.siteId, 'nobody had to become another site').toBe(siteId);
    expect([...unconfirmed], 'edits that are not on the relay').toEqual([]);
    const kinds = device.client.activity({ limit: 10_000 }).map(({ kind }) => kind);
    expect(kinds, 'what only a lost log is a reason for').not.toContain('epoch');
  }
}

async function expectWholeLog({ members }: Fleet): Promise<void> {
  const entries = await relay.readLog(WORKSPACE);
  expect(faultsOfLog(entries)).toEqual([]);
  const isInLog = versionsIn(entries);
  const folded = new FoldedChanges();
  for (const { payload, siteId } of entries) folded.add(decodeBatch(payload, siteId).changes);
  const lost = members.flatMap(({ siteId, acknowledged }) =>
    acknowledged.filter(
      ({ version, changes }) => !isInLog(siteId, version) || !changes.every((change) => folded.covers(change)),
    ),
  );
  expect(lost, 'acknowledged, and not in the log').toEqual([]);
  const [{ device }] = members as [(typeof members)[0]];
  const held = new FoldedChanges(device.replica.allChanges({ after: 0, maxCells: 1e9 }).changes);
  const unread = entries.filter(
    ({ payload, siteId }) => !decodeBatch(payload, siteId).changes.every((change) => held.covers(change)),
  );
  expect(unread, 'entries that a replica does not hold').toEqual([]);
}
