/** How long storage takes here: the medians of what a person would notice. */
import { deleteBrowserDatabase, openBrowserReplica, type Replica } from '@tributary/database/browser';
import { wasmUrl } from '@tributary/database/wasm-url';
import { itemsSchema } from './transactions.ts';

const ROUNDS = 3;
const SINGLE_WRITES = 300;
const BULK_ROWS = 20_000;

export type Measurements = Readonly<Record<string, number>>;

export async function measure(): Promise<Measurements> {
  const rounds: Measurements[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measureOnce());
  const keys = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(keys.map((key) => [key, median(rounds.map((measured) => measured[key] ?? 0))]));
}

async function measureOnce(): Promise<Measurements> {
  const [one, other] = [await openFresh('measure one'), await openFresh('measure other')];
  const singles = Array.from({ length: SINGLE_WRITES }, (_, index) => msOf(() => insert(one, index)));
  const bulkMs = msOf(() => one.transaction(() => insertMany(one)));
  const { changes } = one.ownChanges({ after: 0, maxCells: 1_000_000 });
  const applyMs = msOf(() => other.applyChanges(changes));
  one.close();
  other.close();

  const startedAt = performance.now();
  const again = await open('measure one');
  const openMs = performance.now() - startedAt;
  again.close();
  for (const name of ['measure one', 'measure other']) await deleteBrowserDatabase(name);
  return {
    'one durable write, p50 ms': quantile(singles, 0.5),
    'one durable write, p95 ms': quantile(singles, 0.95),
    'bulk insert, rows/s': (BULK_ROWS / bulkMs) * 1_000,
    'apply, changes/s': (changes.length / applyMs) * 1_000,
    'open again, ms': openMs,
  };
}

const open = async (name: string): Promise<Replica> => openBrowserReplica({ name, wasm: wasmUrl, schema: itemsSchema });

async function openFresh(name: string): Promise<Replica> {
  await deleteBrowserDatabase(name);
  return open(name);
}

function insert(replica: Replica, number: number): void {
  replica.sqlite
    .prepare('INSERT INTO items (id, number, marked, body) VALUES (?, ?, ?, ?)')
    .run(replica.newId(), BigInt(number), 0n, `the body of item ${number}, as long as a line of text usually is`);
}

function insertMany(replica: Replica): void {
  for (let number = 0; number < BULK_ROWS; number++) insert(replica, number);
}

function msOf(action: () => void): number {
  const startedAt = performance.now();
  action();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}
