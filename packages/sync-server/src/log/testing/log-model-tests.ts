/** Random histories, held against a log that is nothing but arrays. */
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { expect, test } from 'vitest';
import type { Append, Appended, Log, LogEntry, SiteHead } from '../log.ts';
import { EVERYTHING, plain, push, site, type LogStore } from './log-fixtures.ts';

const WORKSPACES = ['a', 'b', 'c'];
const STEPS = 60;

class LogModel {
  readonly #workspaces = new Map(WORKSPACES.map((id) => [id, new WorkspaceModel()]));

  append(appends: readonly Append[], mark: number): Appended[] {
    return appends.map((append) => this.of(append.workspaceId).append(append, mark));
  }

  deleteWorkspace(workspaceId: string): void {
    this.#workspaces.set(workspaceId, new WorkspaceModel());
  }

  beginEpoch(workspaceId: string): void {
    this.of(workspaceId).sites.clear();
  }

  of(workspaceId: string): WorkspaceModel {
    const workspace = this.#workspaces.get(workspaceId);
    if (workspace === undefined) throw new RangeError(`no workspace ${workspaceId}`);
    return workspace;
  }
}

class WorkspaceModel {
  entries: Omit<LogEntry, 'storedAt'>[] = [];
  readonly sites = new Map<string, SiteHead>();
  readonly names = new Set<string>();

  append({ siteId, toVersion, refill, payloads, unknownNames }: Append, mark: number): Appended {
    const known = this.siteHead(siteId);
    const knownVersion = refill ? 0 : known.version;
    for (const payload of payloads) {
      this.entries.push({ seq: this.entries.length + 1, siteId, knownVersion, mark, payload });
    }
    const seq = this.entries.length;
    if (!refill && toVersion > known.version) this.sites.set(siteId.join(), { version: toVersion, seq });
    for (const name of unknownNames) this.names.add(name);
    return { seq, knownVersion };
  }

  replacePayload(seq: number, payload: Uint8Array): void {
    this.entries = this.entries.map((entry) => (entry.seq === seq ? { ...entry, payload } : entry));
  }

  siteHead(siteId: Uint8Array): SiteHead {
    return this.sites.get(siteId.join()) ?? { version: 0, seq: 0 };
  }
}

export function runLogModelTests(createStore: () => LogStore): void {
  const seed = seedOfRun();

  test(`agrees with a log of arrays over appends, epochs, deletions and restarts (seed ${seed})`, async () => {
    const random = createSeededRandom(seed);
    const store = createStore();
    const model = new LogModel();
    let log = await reopened(store);
    for (let step = 0; step < STEPS; step++) {
      const dice = random.below(100);
      if (dice < 5) {
        await log.close();
        log = await reopened(store);
      } else if (dice < 10) {
        const workspaceId = random.pick(WORKSPACES);
        await log.beginEpoch(workspaceId);
        model.beginEpoch(workspaceId);
      } else if (dice < 14) {
        const workspaceId = random.pick(WORKSPACES);
        await log.deleteWorkspace(workspaceId);
        if (random.chance(0.5)) await log.wipe();
        await log.openWorkspace(workspaceId);
        model.deleteWorkspace(workspaceId);
      } else if (dice < 25) {
        await replaceSome(log, model, random);
      }
      const appends = Array.from({ length: 1 + random.below(6) }, () => randomAppend(random));
      expect(await log.append(appends)).toEqual(model.append(appends, log.mark));
    }
    await expectSame(log, model);
    await log.close();
  });
}

async function reopened(store: LogStore): Promise<Log> {
  const log = await store.open();
  for (const workspace of WORKSPACES) await log.openWorkspace(workspace);
  return log;
}

async function replaceSome(log: Log, model: LogModel, random: SeededRandom): Promise<void> {
  const workspaceId = random.pick(WORKSPACES);
  const workspace = model.of(workspaceId);
  const replaced = workspace.entries
    .filter(() => random.chance(0.3))
    .map(({ seq }) => ({ seq, payload: randomBytes(random) }));
  await log.replacePayloads(workspaceId, replaced);
  for (const { seq, payload } of replaced) workspace.replacePayload(seq, payload);
}

function randomBytes(random: SeededRandom): Uint8Array {
  return Uint8Array.from({ length: random.below(40) }, () => random.below(256));
}

function randomAppend(random: SeededRandom): Append {
  const fragments = random.chance(0.2) ? 1 + random.below(4) : 1;
  return push(1 + random.below(50), {
    workspaceId: random.pick(WORKSPACES),
    siteId: site(1 + random.below(3)),
    refill: random.chance(0.1),
    payloads: Array.from({ length: fragments }, () => randomBytes(random)),
    unknownNames: random.chance(0.1) ? [`name${random.below(5)}`] : [],
  });
}

async function expectSame(log: Log, model: LogModel): Promise<void> {
  for (const id of WORKSPACES) {
    const workspace = model.of(id);
    expect((await log.read(id, EVERYTHING)).map(plain)).toMatchObject(workspace.entries);
    const unknownNames = [...workspace.names].sort();
    expect(await log.openWorkspace(id)).toMatchObject({ head: workspace.entries.length, unknownNames });
    for (const number of [1, 2, 3]) {
      expect(await log.siteHead(id, site(number))).toEqual(workspace.siteHead(site(number)));
    }
  }
}
