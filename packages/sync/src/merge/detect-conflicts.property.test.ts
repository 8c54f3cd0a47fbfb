/**
 * Vector clocks are the oracle: a model of several sites and one log, without a database, keeps for every edit what its
 * author had seen. Whatever a site pulls, exactly the edits that the vector clocks call concurrent must be reported, from
 * no more than what the protocol carries.
 */
import { packKey, SENTINEL, type Change } from '@tributary/database/changes';
import { createSeededRandom, seedOfRun, type SeededRandom } from '@tributary/database/testing';
import { expect, test } from 'vitest';
import { detectConflicts, type Conflict } from './detect-conflicts.ts';
import { causalLength, fold, isAlive, UNKNOWN_ROW, type RowState } from './fold.ts';

const HISTORIES = 2_000;
const ROWS = ['one', 'two'];
const COLUMNS = ['a', 'b'];
const VALUES = ['x', 'y', 'z'];

const seed = seedOfRun();

test(`exactly the concurrent edits are in conflict, and both authors agree on all of it (seed ${seed})`, () => {
  const counts = { overwrite: 0, delete: 0, byBoth: 0 };
  for (let history = 0; history < HISTORIES; history++) {
    const model = new Model(createSeededRandom(seed + history));
    const replay = `replay with TRIBUTARY_SEED=${seed + history}`;
    model.run();
    expect(model.faults, replay).toEqual([]);
    for (const conflicts of model.reports.values()) {
      for (const { kind } of conflicts) counts[kind]++;
      if (conflicts.length > 1) counts.byBoth++;
      expect(new Set(conflicts.map(describeConflict)).size, replay).toBe(1);
    }
  }
  // Otherwise nothing was shown.
  expect(Math.min(counts.overwrite, counts.delete, counts.byBoth)).toBeGreaterThan(HISTORIES);
});

interface Site {
  readonly index: number;
  readonly siteId: Uint8Array;
  readonly rows: Map<string, RowState>;
  /** Of each site, the highest version seen here: of this one, its own. */
  readonly clock: number[];
  /** By own version. */
  readonly edits: Map<number, { readonly clock: readonly number[]; readonly base: number }>;
  cursor: number;
  sentVersion: number;
  ackedVersion: number;
}

interface Entry {
  readonly author: Site;
  readonly toVersion: number;
  readonly base: number;
  readonly knownVersion: number;
  readonly changes: readonly Change[];
}

class Model {
  readonly faults: unknown[] = [];
  /** By the two edits and the cell. */
  readonly reports = new Map<string, Conflict[]>();
  readonly #random: SeededRandom;
  readonly #sites: readonly Site[];
  /** The entry with seq 1 comes first. */
  readonly #log: Entry[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
    const count = 2 + random.below(3);
    this.#sites = Array.from({ length: count }, (_, index) => ({
      index,
      siteId: new Uint8Array(16).fill(index + 1),
      rows: new Map<string, RowState>(),
      clock: Array.from({ length: count }, () => 0),
      edits: new Map<number, { clock: readonly number[]; base: number }>(),
      cursor: 0,
      sentVersion: 0,
      ackedVersion: 0,
    }));
  }

  run(): void {
    for (let steps = 20 + this.#random.below(30); steps > 0; steps--) {
      const site = this.#random.pick(this.#sites);
      const step = this.#random.below(10);
      if (step < 5) this.#edit(site);
      else if (step < 8) this.#push(site);
      else this.#pull(site, 1 + this.#random.below(4));
    }
    for (const site of this.#sites) while (site.sentVersion < ownVersion(site)) this.#push(site);
    for (const site of this.#sites) this.#pull(site, Infinity);
  }

  /** One transaction. */
  #edit(site: Site): void {
    const version = ownVersion(site) + 1;
    site.clock[site.index] = version;
    site.edits.set(version, { clock: [...site.clock], base: site.cursor });
    let seq = 0;
    for (let edits = 1 + this.#random.below(2); edits > 0; edits--) {
      const row = this.#random.pick(ROWS);
      for (const change of this.#editRow(site.rows.get(row) ?? UNKNOWN_ROW)) {
        apply(site, {
          ...change,
          table: 'rows',
          pk: packKey([row]),
          siteId: site.siteId,
          dbVersion: version,
          seq: seq++,
        });
      }
    }
  }

  #editRow(row: RowState): Pick<Change, 'cid' | 'val' | 'colVersion' | 'cl'>[] {
    const cl = causalLength(row);
    if (isAlive(row) && this.#random.chance(0.2)) return [{ cid: SENTINEL, val: null, colVersion: cl + 1, cl: cl + 1 }];
    const [cid, val] = [this.#random.pick(COLUMNS), this.#random.pick(VALUES)];
    if (isAlive(row) || cl === 0) {
      return [{ cid, val, colVersion: (row.cells.get(cid)?.colVersion ?? 0) + 1, cl: Math.max(cl, 1) }];
    }
    const sentinel = { cid: SENTINEL, val: null, colVersion: cl + 1, cl: cl + 1 };
    return [sentinel, { cid, val, colVersion: 1, cl: cl + 1 }];
  }

  /** Whole transactions of one base; sometimes what was sent before once more, as after a lost acknowledgement. */
  #push(site: Site): void {
    const from = this.#random.chance(0.2) ? this.#random.below(site.sentVersion + 1) : site.sentVersion;
    const base = site.edits.get(from + 1)?.base;
    if (base === undefined) return;
    let toVersion = from + 1;
    while (site.edits.get(toVersion + 1)?.base === base && this.#random.chance(0.7)) toVersion++;
    const changes = ownChanges(site, from, toVersion);
    const knownVersion = this.#versionInLog(site);
    if (changes.length > 0) this.#log.push({ author: site, toVersion, base, knownVersion, changes });
    site.sentVersion = Math.max(site.sentVersion, toVersion);
    // The others are learnt of from the stream.
    if (changes.length > 0 && this.#random.chance(0.5)) site.ackedVersion = Math.max(site.ackedVersion, toVersion);
  }

  #pull(site: Site, count: number): void {
    for (const entry of this.#log.slice(site.cursor, site.cursor + count)) {
      site.cursor++;
      const { author, toVersion, changes } = entry;
      if (author === site) {
        site.ackedVersion = Math.max(site.ackedVersion, toVersion);
        continue;
      }
      this.#receive(site, entry);
      for (const change of changes) apply(site, change);
      site.clock[author.index] = Math.max(site.clock[author.index]!, toVersion);
    }
  }

  #receive(site: Site, entry: Entry): void {
    const { author, base, knownVersion, changes } = entry;
    const reported = detectConflicts(
      { siteId: author.siteId, base, knownVersion, changes },
      {
        siteId: site.siteId,
        rowState: (_, pk) => site.rows.get(nameOf(pk)),
        seqOf: (version) => (version <= site.ackedVersion ? this.#seqOf(site, version) : undefined),
      },
    );
    const expected = this.#concurrentEdits(site, entry);
    const described = reported.map(describeConflict).sort();
    if (described.join('\n') !== expected.sort().join('\n')) this.faults.push({ reported: described, expected });
    for (const conflict of reported) {
      const pair = keyOfPair(conflict);
      this.reports.set(pair, [...(this.reports.get(pair) ?? []), conflict]);
    }
  }

  /** What should be reported: by the vector clocks, and by the row as it is before the entry. */
  #concurrentEdits(site: Site, { author, changes }: Entry): string[] {
    const found = new Map<string, string>();
    for (const change of changes) {
      if (change.dbVersion <= site.clock[author.index]!) continue;
      for (const { cid, own, kind } of contradicted(site, change)) {
        if (!this.#areConcurrent(site, own.dbVersion, author, change.dbVersion)) continue;
        const cell = `${nameOf(change.pk)}.${cid}`;
        const [mine, theirs] = [describeEdit(site, own.dbVersion), describeEdit(author, change.dbVersion)];
        const winner = kind === 'ownWins' || kind === 'ownDeletionWins' ? mine : theirs;
        const loser = winner === mine ? theirs : mine;
        const name = kind === 'ownWins' || kind === 'incomingWins' ? 'overwrite' : 'delete';
        if (!found.has(cell)) found.set(cell, `${name} ${cell}: ${winner} beats ${loser}`);
      }
    }
    return [...found.values()];
  }

  #areConcurrent(one: Site, oneVersion: number, other: Site, otherVersion: number): boolean {
    const oneSawOther = one.edits.get(oneVersion)!.clock[other.index]! >= otherVersion;
    const otherSawOne = other.edits.get(otherVersion)!.clock[one.index]! >= oneVersion;
    return !oneSawOther && !otherSawOne;
  }

  /** Where a version was stored first. */
  #seqOf(site: Site, version: number): number | undefined {
    const index = this.#log.findIndex(({ author, toVersion }) => author === site && toVersion >= version);
    return index === -1 ? undefined : index + 1;
  }

  #versionInLog(site: Site): number {
    return Math.max(0, ...this.#log.filter(({ author }) => author === site).map(({ toVersion }) => toVersion));
  }
}

interface Contradiction {
  readonly kind: 'ownWins' | 'incomingWins' | 'ownDeletionWins' | 'incomingDeletionWins';
  readonly cid: string;
  readonly own: { readonly dbVersion: number };
}

/** The own edits that cannot be in force together with the change. Column version 0 is no edit: a former life left it. */
function contradicted(site: Site, change: Change): Contradiction[] {
  if (change.colVersion === 0) return [];
  const row = site.rows.get(nameOf(change.pk)) ?? UNKNOWN_ROW;
  const isOwn = ({ siteId }: { siteId: Uint8Array }) => siteId === site.siteId;
  const { sentinel } = row;
  if (change.cl > causalLength(row)) {
    if (!isAlive(row)) return [];
    const own = [...row.cells].filter(([, cell]) => isOwn(cell) && cell.colVersion > 0);
    return own.map(([cid, cell]) => ({ kind: 'incomingDeletionWins', cid, own: cell }));
  }
  if (change.cid === SENTINEL) return [];
  if (change.cl < causalLength(row)) {
    return sentinel && isOwn(sentinel) ? [{ kind: 'ownDeletionWins', cid: change.cid, own: sentinel }] : [];
  }
  const cell = row.cells.get(change.cid);
  if (!cell || !isOwn(cell) || cell.colVersion === 0 || cell.val === change.val) return [];
  const isBeaten =
    change.colVersion === cell.colVersion ? change.val! > cell.val! : change.colVersion > cell.colVersion;
  return [{ kind: isBeaten ? 'incomingWins' : 'ownWins', cid: change.cid, own: cell }];
}

function apply(site: Site, change: Change): void {
  const name = nameOf(change.pk);
  site.rows.set(name, fold(site.rows.get(name) ?? UNKNOWN_ROW, change));
}

/** What the site would push now. */
function ownChanges(site: Site, after: number, until: number): Change[] {
  const changes: Change[] = [];
  for (const [row, state] of site.rows) {
    const common = { table: 'rows', pk: packKey([row]), cl: causalLength(state) };
    if (state.sentinel) changes.push({ ...state.sentinel, ...common, cid: SENTINEL, val: null });
    for (const [cid, cell] of state.cells) changes.push({ ...cell, ...common, cid });
  }
  return changes
    .filter(({ siteId, dbVersion }) => siteId === site.siteId && dbVersion > after && dbVersion <= until)
    .sort((one, other) => one.dbVersion - other.dbVersion || one.seq - other.seq);
}

function ownVersion(site: Site): number {
  return site.clock[site.index]!;
}

const nameOf = (pk: Uint8Array) => ROWS.find((row) => packKey([row]).join() === pk.join())!;

const describeEdit = ({ siteId }: Pick<Site, 'siteId'>, dbVersion: number) => `${siteId[0]}@${dbVersion}`;

function describeConflict({ kind, pk, cid, winner, loser }: Conflict): string {
  const [won, lost] = [winner, loser].map((edit) => describeEdit(edit, edit.dbVersion));
  return `${kind} ${nameOf(pk)}.${cid}: ${won} beats ${lost}`;
}

function keyOfPair({ pk, cid, winner, loser }: Conflict): string {
  const pair = [winner, loser].map((edit) => describeEdit(edit, edit.dbVersion)).sort();
  return `${nameOf(pk)}.${cid} ${pair.join(' ')}`;
}
