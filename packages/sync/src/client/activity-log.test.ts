import { describe, expect, test } from 'vitest';
import { openNotes } from '../testing/notes-replica.ts';
import { ActivityLog } from './activity-log.ts';
import type { ApplyOutcome, Incoming } from './incoming/inbox.ts';

const NOTHING: ApplyOutcome = { pulled: 0, parked: 0, conflicts: [] };

describe('a line', () => {
  test('is kept with its time and detail, the newest first', () => {
    const { log, clock } = open();
    log.add('connected', 'Here.');
    clock.now = 2_000;
    log.add('rejected', 'No.', { code: 'busy', toVersion: 3 });
    expect(log.read()).toEqual([
      { id: 2, at: 2_000, kind: 'rejected', message: 'No.', detail: { code: 'busy', toVersion: 3 } },
      { id: 1, at: 1_000, kind: 'connected', message: 'Here.', detail: undefined },
    ]);
  });

  test('is seen by another log over the same replica', () => {
    const { log, replica } = open();
    log.add('connected', 'Here.');
    expect(new ActivityLog(replica).read()).toHaveLength(1);
  });

  test('is read page by page', () => {
    const { log } = open();
    for (let line = 1; line <= 5; line++) log.add('pulled', `${line}`);
    const page = log.read({ limit: 2 });
    expect(page.map(({ message }) => message)).toEqual(['5', '4']);
    expect(log.read({ limit: 2, before: page.at(-1)!.id }).map(({ message }) => message)).toEqual(['3', '2']);
  });
});

describe('what one transaction brought', () => {
  const ack: Incoming = { kind: 'ack', toVersion: 1, seq: 1, mark: 1 };

  test('is a line for what was pushed and one for what was pulled', () => {
    const { messages, log } = open();
    log.addApplied({ ...NOTHING, pulled: 12 }, [ack, { ...ack, seq: 2 }]);
    expect(messages()).toEqual(['12 changes of other devices.', '2 batches are on the relay.']);
  });

  test('is nothing where nothing came', () => {
    const { messages, log } = open();
    log.addApplied(NOTHING, []);
    expect(messages()).toEqual([]);
  });

  test('says how much was kept for a newer app', () => {
    const { log } = open();
    log.addApplied({ ...NOTHING, pulled: 12, parked: 3 }, []);
    expect(log.read()[0]).toMatchObject({ detail: { parked: 3 } });
  });

  test('is a line for each conflict, with the cell it is about', () => {
    const { log } = open();
    const contender = { siteId: new Uint8Array(16), dbVersion: 1, val: 'x' };
    const sides = { winner: contender, loser: contender, later: contender };
    const conflict = { kind: 'overwrite', table: 'notes', pk: new Uint8Array(1), cid: 'title', ...sides } as const;
    log.addApplied({ ...NOTHING, conflicts: [conflict, { ...conflict, cid: 'body' }] }, []);
    expect(log.read().map(({ kind, detail }) => [kind, detail])).toEqual([
      ['conflict', { kind: 'overwrite', table: 'notes', cid: 'body' }],
      ['conflict', { kind: 'overwrite', table: 'notes', cid: 'title' }],
    ]);
  });
});

describe('old lines', () => {
  test('are dropped: ten thousand are kept, and at most some hundreds more', () => {
    const { log, replica } = open();
    replica.transaction(() => {
      for (let line = 1; line <= 11_200; line++) log.add('pulled', `${line}`);
    });
    const lines = log.read({ limit: 100_000 });
    expect(lines.length).toBeGreaterThanOrEqual(10_000);
    expect(lines.length).toBeLessThan(10_500);
    expect(lines[0]?.message).toBe('11200');
  });

  test('are dropped by processes that each write a few lines only', () => {
    const { replica } = open();
    replica.transaction(() => {
      for (let start = 0; start < 120; start++) {
        const log = new ActivityLog(replica);
        for (let line = 0; line < 100; line++) log.add('pulled', '');
      }
    });
    expect(new ActivityLog(replica).read({ limit: 100_000 }).length).toBeLessThan(10_500);
  });
});

function open() {
  const clock = { now: 1_000 };
  const replica = openNotes({ now: () => clock.now });
  const log = new ActivityLog(replica);
  return { replica, log, clock, messages: () => log.read().map(({ message }) => message) };
}
