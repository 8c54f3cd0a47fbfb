/** What every log must do, whatever keeps it. `createStore` makes an empty place for one test. */
import { describe, expect, test } from 'vitest';
import { appendOne, bytes, EVERYTHING, plain, push, site, withLog, WORKSPACE, type LogStore } from './log-fixtures.ts';
import { runLogModelTests } from './log-model-tests.ts';

export type { LogStore };

export function runLogTests(name: string, createStore: () => LogStore): void {
  describe(`the log: ${name}`, () => {
    describe('workspaces', () => {
      workspaceTests(createStore);
    });
    describe('appending', () => {
      appendTests(createStore);
    });
    describe('reading', () => {
      readTests(createStore);
    });
    describe('sites', () => {
      siteTests(createStore);
    });
    describe('epochs and marks', () => {
      epochTests(createStore);
    });
    describe('erasing', () => {
      erasureTests(createStore);
    });
    describe('maintenance', () => {
      maintenanceTests(createStore);
    });
    runLogModelTests(createStore);
  });
}

function maintenanceTests(createStore: () => LogStore): void {
  test.each([{}, { rewrite: true }])('changes nothing that can be read, and goes on (%j)', async (options) => {
    const store = createStore();
    const before = await withLog(store, async (log) => {
      await log.append([push(1, { unknownNames: ['x'] }), push(2)]);
      const opened = await log.openWorkspace(WORKSPACE);
      await log.maintain(options);
      expect(await log.openWorkspace(WORKSPACE)).toEqual(opened);
      await log.append([push(3)]);
      return log.read(WORKSPACE, EVERYTHING);
    });
    expect(before.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await withLog(store, (log) => log.read(WORKSPACE, EVERYTHING))).toEqual(before);
  });
}

function erasureTests(createStore: () => LogStore): void {
  test('a workspace that is deleted is as if it had never been, and others stay as they are', async () => {
    const store = createStore();
    const other = { workspaceId: 'other' };
    const [epoch, kept] = await withLog(store, async (log) => {
      await log.openWorkspace('other');
      for (let version = 1; version <= 20; version++) {
        await log.append([push(version, { unknownNames: ['x'] }), push(version, { ...other, unknownNames: ['y'] })]);
      }
      const { epoch: former } = await log.openWorkspace(WORKSPACE);
      await log.deleteWorkspace(WORKSPACE);
      expect((await log.workspaces()).map(({ workspaceId }) => workspaceId)).toEqual(['other']);
      await expect(log.read(WORKSPACE, EVERYTHING)).rejects.toThrow(WORKSPACE);
      await expect(log.append([push(21)])).rejects.toThrow(WORKSPACE);
      return [former, await log.read('other', EVERYTHING)];
    });
    await withLog(store, async (log) => {
      const opened = await log.openWorkspace(WORKSPACE);
      expect(opened).toMatchObject({ head: 0, unknownNames: [] });
      expect(opened.epoch).not.toBe(epoch);
      expect(await log.siteHead(WORKSPACE, site(1))).toEqual({ version: 0, seq: 0 });
      expect(await log.read('other', EVERYTHING)).toEqual(kept);
      expect(await log.openWorkspace('other')).toMatchObject({ head: 20, unknownNames: ['y'] });
      expect(await log.siteHead('other', site(1))).toEqual({ version: 20, seq: 20 });
    });
  });

  test('others are stored while a workspace is being deleted, and it may come into being anew', () =>
    withLog(createStore(), async (log) => {
      await log.openWorkspace('other');
      await log.append(Array.from({ length: 3_000 }, (_, index) => push(index + 1)));
      const deleted = log.deleteWorkspace(WORKSPACE);
      expect(await log.workspaces()).toEqual([{ workspaceId: 'other', head: 0 }]);
      expect(await log.openWorkspace(WORKSPACE)).toMatchObject({ head: 0, isNew: true });
      expect(await appendOne(log, push(1, { workspaceId: 'other' }))).toEqual({ seq: 1, knownVersion: 0 });
      expect(await appendOne(log, push(7))).toEqual({ seq: 1, knownVersion: 0 });
      await deleted;
      expect((await log.read(WORKSPACE, EVERYTHING)).map(({ payload }) => payload[0])).toEqual([7]);
      expect(await log.read('other', EVERYTHING)).toHaveLength(1);
    }));

  test('deleting a workspace that is not there does nothing', () =>
    withLog(createStore(), async (log) => {
      await log.append([push(1)]);
      await log.deleteWorkspace('nowhere');
      await log.deleteWorkspace('nowhere');
      expect(await log.workspaces()).toEqual([{ workspaceId: WORKSPACE, head: 1 }]);
    }));

  test('a payload is replaced, longer or shorter, and nothing else of its entry', async () => {
    const store = createStore();
    const after = await withLog(store, async (log) => {
      await log.append(
        [1, 2, 3, 4].map((version) => push(version, { payloads: [new Uint8Array(9_000).fill(version)] })),
      );
      const before = await log.read(WORKSPACE, EVERYTHING);
      const [short, long] = [bytes(9), new Uint8Array(200_000).fill(8)];
      await log.replacePayloads(WORKSPACE, [
        { seq: 2, payload: short },
        { seq: 3, payload: long },
      ]);
      const replaced = new Map([
        [2, short],
        [3, long],
      ]);
      const expected = before.map((entry) => plain({ ...entry, payload: replaced.get(entry.seq) ?? entry.payload }));
      expect((await log.read(WORKSPACE, EVERYTHING)).map(plain)).toEqual(expected);
      expect(await log.siteHead(WORKSPACE, site(1))).toEqual({ version: 4, seq: 4 });
      return expected;
    });
    expect((await withLog(store, (log) => log.read(WORKSPACE, EVERYTHING))).map(plain)).toEqual(after);
  });

  test('all payloads of a call are replaced, or none', () =>
    withLog(createStore(), async (log) => {
      await log.append([push(1), push(2)]);
      const payloads = [
        { seq: 1, payload: bytes(0) },
        { seq: 3, payload: bytes(0) },
      ];
      await expect(log.replacePayloads(WORKSPACE, payloads)).rejects.toThrow('no entry 3');
      expect((await log.read(WORKSPACE, EVERYTHING)).map(({ payload }) => payload[0])).toEqual([1, 2]);
    }));

  test('wiping changes nothing that can be read, and the log goes on', async () => {
    const store = createStore();
    const before = await withLog(store, async (log) => {
      await log.openWorkspace('other');
      for (let version = 1; version <= 50; version++) {
        await log.append([push(version), push(version, { workspaceId: 'other', payloads: [new Uint8Array(700)] })]);
      }
      await log.deleteWorkspace('other');
      await log.wipe();
      await log.append([push(51)]);
      await log.wipe();
      return (await log.read(WORKSPACE, EVERYTHING)).map(plain);
    });
    expect(before).toHaveLength(51);
    expect((await withLog(store, (log) => log.read(WORKSPACE, EVERYTHING))).map(plain)).toEqual(before);
  });
}

function workspaceTests(createStore: () => LogStore): void {
  test('begins empty, with an epoch', () =>
    withLog(createStore(), async (log) => {
      const opened = await log.openWorkspace('another');
      expect(opened.epoch).not.toBe('');
      expect(opened).toMatchObject({ head: 0, unknownNames: [] });
    }));

  test('gives each workspace an epoch of its own', () =>
    withLog(createStore(), async (log) => {
      const first = await log.openWorkspace('a');
      const second = await log.openWorkspace('b');
      expect(first.epoch).not.toBe(second.epoch);
    }));

  test('keeps epoch, head and unknown names over a restart', async () => {
    const store = createStore();
    const before = await withLog(store, async (log) => {
      await log.append([push(1, { unknownNames: ['b', 'a'] })]);
      return log.openWorkspace(WORKSPACE);
    });
    expect(before).toMatchObject({ head: 1, unknownNames: ['a', 'b'] });
    expect(await withLog(store, (log) => log.openWorkspace(WORKSPACE))).toEqual(before);
  });

  test('remembers an unknown name once, and for one workspace', () =>
    withLog(createStore(), async (log) => {
      await log.openWorkspace('other');
      await log.append([push(1, { unknownNames: ['x'] }), push(2, { unknownNames: ['x', 'y'] })]);
      expect((await log.openWorkspace(WORKSPACE)).unknownNames).toEqual(['x', 'y']);
      expect((await log.openWorkspace('other')).unknownNames).toEqual([]);
    }));

  test('are listed with their heads, the empty ones too', () =>
    withLog(createStore(), async (log) => {
      await log.openWorkspace('empty');
      await log.append([push(1), push(2)]);
      const heads = [...(await log.workspaces())].sort((a, b) => a.workspaceId.localeCompare(b.workspaceId));
      expect(heads).toEqual([
        { workspaceId: 'empty', head: 0 },
        { workspaceId: WORKSPACE, head: 2 },
      ]);
    }));

  test('refuses to append to or read from a workspace that was never opened', () =>
    withLog(createStore(), async (log) => {
      await expect(log.append([push(1, { workspaceId: 'nowhere' })])).rejects.toThrow('nowhere');
      await expect(log.read('nowhere', EVERYTHING)).rejects.toThrow('nowhere');
    }));
}

function appendTests(createStore: () => LogStore): void {
  test('numbers the entries of each workspace from 1, without holes', () =>
    withLog(createStore(), async (log) => {
      await log.openWorkspace('other');
      const other = { workspaceId: 'other' };
      const first = await log.append([push(1), push(1, other), push(2), push(2, other)]);
      const second = await log.append([push(3), push(3, other)]);
      expect([...first, ...second].map(({ seq }) => seq)).toEqual([1, 1, 2, 2, 3, 3]);
      expect(await log.openWorkspace(WORKSPACE)).toMatchObject({ head: 3 });
    }));

  test('gives payloads back byte for byte', () =>
    withLog(createStore(), async (log) => {
      const large = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) % 256);
      const payloads = [bytes(), bytes(0), bytes(0, 255, 10, 0), large];
      for (const [index, payload] of payloads.entries()) await log.append([push(index + 1, { payloads: [payload] })]);
      const read = await log.read(WORKSPACE, EVERYTHING);
      expect(read.map(({ payload }) => Uint8Array.from(payload))).toEqual(payloads);
    }));

  test('stores fragments as consecutive entries and answers with the last', () =>
    withLog(createStore(), async (log) => {
      const fragments = push(9, { payloads: [bytes(1), bytes(2), bytes(3)] });
      const answers = await log.append([push(5), fragments, push(10)]);
      expect(answers).toEqual([
        { seq: 1, knownVersion: 0 },
        { seq: 4, knownVersion: 5 },
        { seq: 5, knownVersion: 9 },
      ]);
      const read = await log.read(WORKSPACE, EVERYTHING);
      expect(read.map(({ knownVersion }) => knownVersion)).toEqual([0, 5, 5, 5, 9]);
    }));

  test('stores all of a call or nothing', () =>
    withLog(createStore(), async (log) => {
      await log.append([push(1)]);
      await expect(log.append([push(2), push(3, { workspaceId: 'nowhere' })])).rejects.toThrow('nowhere');
      expect(await log.openWorkspace(WORKSPACE)).toMatchObject({ head: 1 });
      expect(await log.read(WORKSPACE, EVERYTHING)).toHaveLength(1);
      expect(await log.siteHead(WORKSPACE, site(1))).toEqual({ version: 1, seq: 1 });
      expect(await appendOne(log, push(2))).toEqual({ seq: 2, knownVersion: 1 });
    }));

  test('tells when an entry was stored', () =>
    withLog(createStore(), async (log) => {
      const before = Date.now();
      await log.append([push(1)]);
      const [entry] = await log.read(WORKSPACE, EVERYTHING);
      expect(entry?.storedAt).toBeGreaterThanOrEqual(before);
      expect(entry?.storedAt).toBeLessThanOrEqual(Date.now());
    }));

  test('has everything after a restart', async () => {
    const store = createStore();
    const before = await withLog(store, async (log) => {
      await log.append([push(1), push(2, { siteId: site(2) }), push(3)]);
      return log.read(WORKSPACE, EVERYTHING);
    });
    const after = await withLog(store, (log) => log.read(WORKSPACE, EVERYTHING));
    expect(after.map(plain)).toEqual(before.map(plain));
  });
}

function readTests(createStore: () => LogStore): void {
  const filled = (body: Parameters<typeof withLog<void>>[1]): Promise<void> =>
    withLog(createStore(), async (log) => {
      await log.openWorkspace('neighbour');
      await log.append([1, 2, 3, 4, 5].map((version) => push(version, { payloads: [new Uint8Array(100)] })));
      await log.append([push(1, { workspaceId: 'neighbour' })]);
      await body(log);
    });

  test('reads what is after a seq, in order, and nothing of other workspaces', () =>
    filled(async (log) => {
      const seqs = async (after: number): Promise<number[]> =>
        (await log.read(WORKSPACE, { ...EVERYTHING, after })).map(({ seq }) => seq);
      expect(await seqs(0)).toEqual([1, 2, 3, 4, 5]);
      expect(await seqs(3)).toEqual([4, 5]);
      expect(await seqs(5)).toEqual([]);
      expect(await seqs(2 ** 40)).toEqual([]);
    }));

  test('reads no more entries than asked for', () =>
    filled(async (log) => {
      const read = await log.read(WORKSPACE, { ...EVERYTHING, after: 1, maxEntries: 2 });
      expect(read.map(({ seq }) => seq)).toEqual([2, 3]);
    }));

  test('reads no more bytes than asked for, but always one entry', () =>
    filled(async (log) => {
      expect(await log.read(WORKSPACE, { ...EVERYTHING, maxBytes: 299 })).toHaveLength(2);
      expect(await log.read(WORKSPACE, { ...EVERYTHING, maxBytes: 300 })).toHaveLength(3);
      expect(await log.read(WORKSPACE, { ...EVERYTHING, maxBytes: 1 })).toHaveLength(1);
    }));

  test('gives the author of each entry', () =>
    withLog(createStore(), async (log) => {
      await log.append([push(1, { siteId: site(7) }), push(1, { siteId: site(8) })]);
      const read = await log.read(WORKSPACE, EVERYTHING);
      expect(read.map(({ siteId }) => siteId[0])).toEqual([7, 8]);
    }));
}

function siteTests(createStore: () => LogStore): void {
  test('knows nothing of a new site', () =>
    withLog(createStore(), async (log) => {
      expect(await log.siteHead(WORKSPACE, site(1))).toEqual({ version: 0, seq: 0 });
    }));

  test('knows the highest version of a site and the entry that completed it', () =>
    withLog(createStore(), async (log) => {
      await log.append([push(2 ** 48, { payloads: [bytes(1), bytes(2)] }), push(4, { siteId: site(2) })]);
      expect(await log.siteHead(WORKSPACE, site(1))).toEqual({ version: 2 ** 48, seq: 2 });
      expect(await log.siteHead(WORKSPACE, site(2))).toEqual({ version: 4, seq: 3 });
    }));

  test('stores again what is sent again, and forgets no higher version for it', () =>
    withLog(createStore(), async (log) => {
      await log.append([push(5)]);
      expect(await appendOne(log, push(3))).toEqual({ seq: 2, knownVersion: 5 });
      expect(await log.siteHead(WORKSPACE, site(1))).toEqual({ version: 5, seq: 1 });
    }));

  test('learns no version from a refill', () =>
    withLog(createStore(), async (log) => {
      await log.append([push(5), push(9, { refill: true })]);
      expect(await log.siteHead(WORKSPACE, site(1))).toEqual({ version: 5, seq: 1 });
      const read = await log.read(WORKSPACE, EVERYTHING);
      expect(read.map(({ knownVersion }) => knownVersion)).toEqual([0, 0]);
    }));
}

function epochTests(createStore: () => LogStore): void {
  test('a new epoch is another one, and lasts', async () => {
    const store = createStore();
    const [before, begun] = await withLog(store, async (log) => [
      (await log.openWorkspace(WORKSPACE)).epoch,
      await log.beginEpoch(WORKSPACE),
    ]);
    expect(begun).not.toBe(before);
    expect((await withLog(store, (log) => log.openWorkspace(WORKSPACE))).epoch).toBe(begun);
  });

  test('a new epoch forgets the versions of its own sites, and keeps entries and names', () =>
    withLog(createStore(), async (log) => {
      await log.openWorkspace('other');
      await log.append([push(5, { unknownNames: ['x'] }), push(6, { workspaceId: 'other' })]);
      await log.beginEpoch(WORKSPACE);
      expect(await log.siteHead(WORKSPACE, site(1))).toEqual({ version: 0, seq: 0 });
      expect(await log.siteHead('other', site(1))).toEqual({ version: 6, seq: 1 });
      expect(await log.openWorkspace(WORKSPACE)).toMatchObject({ head: 1, unknownNames: ['x'] });
      expect(await log.read(WORKSPACE, EVERYTHING)).toHaveLength(1);
      expect(await appendOne(log, push(7))).toEqual({ seq: 2, knownVersion: 0 });
    }));

  test('every entry has the mark of the opening that stored it', async () => {
    const store = createStore();
    const first = await withLog(store, async (log) => {
      await log.append([push(1)]);
      return log.mark;
    });
    await withLog(store, async (log) => {
      await log.append([push(2)]);
      expect(log.mark).not.toBe(first);
      expect(log.mark).toBeGreaterThan(0);
      expect(await log.markAt(WORKSPACE, 1)).toBe(first);
      expect(await log.markAt(WORKSPACE, 2)).toBe(log.mark);
      expect((await log.read(WORKSPACE, EVERYTHING)).map(({ mark }) => mark)).toEqual([first, log.mark]);
    });
  });

  test('there is no mark where there is no entry', () =>
    withLog(createStore(), async (log) => {
      await log.append([push(1)]);
      expect(await log.markAt(WORKSPACE, 0)).toBeUndefined();
      expect(await log.markAt(WORKSPACE, 2)).toBeUndefined();
      expect(await log.markAt(WORKSPACE, Number.MAX_SAFE_INTEGER)).toBeUndefined();
    }));
}
