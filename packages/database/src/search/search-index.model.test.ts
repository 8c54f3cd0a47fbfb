import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EngineName } from '../engine/driver.ts';
import { openReplica } from '../replica/open-replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { SearchIndex } from './search-index.ts';

/**
 * Two replicas are edited at random and exchange changes; whenever an index is asked, it must answer what reading all
 * the tables would. Few ids and few words make collisions of every sort frequent.
 */
const WORDS = ['fox', 'hare', 'den', 'nest'] as const;

/** The tables as text, one row per document that a search may find: what the index is measured by. */
const DOCUMENTS = `
  SELECT 'note ' || id, title || ' ' || coalesce(
    (SELECT group_concat(text, ' ') FROM note_blocks WHERE note_id = notes.id), '') FROM notes WHERE deleted_at IS NULL
  UNION ALL SELECT 'chat ' || id, title FROM chats WHERE deleted_at IS NULL
  UNION ALL SELECT 'message ' || m.id, content FROM messages m JOIN chats c ON c.id = chat_id
    WHERE m.deleted_at IS NULL AND c.deleted_at IS NULL
  UNION ALL SELECT 'memory ' || id, content FROM memories WHERE deleted_at IS NULL
  UNION ALL SELECT 'entity ' || id, name || ' ' || description FROM entities WHERE deleted_at IS NULL
  UNION ALL SELECT 'file ' || id, path || ' ' || coalesce(language, '') FROM files WHERE deleted_at IS NULL
  UNION ALL SELECT 'project ' || id, name || ' ' || description FROM projects WHERE deleted_at IS NULL`;

const TEXT_COLUMNS = [
  ['notes', 'title'],
  ['notes', 'title'],
  ['chats', 'title'],
  ['messages', 'content'],
  ['memories', 'content'],
  ['entities', 'name'],
  ['entities', 'description'],
  ['files', 'path'],
  ['files', 'language'],
  ['projects', 'description'],
] as const;

const id = fc.constantFrom('1', '2', '3');
const side = fc.constantFrom('a', 'b');
const column = fc.constantFrom(...TEXT_COLUMNS);
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((words) => words.join(' '));

const upsert = fc.record({ column, id, text }).map((row) =>
  row.column[0] === 'messages'
    ? `INSERT INTO messages (id, chat_id, content) VALUES ('${row.id}', '${row.id}', '${row.text}')
       ON CONFLICT DO UPDATE SET content = excluded.content`
    : `INSERT INTO ${row.column[0]} (id, ${row.column[1]}) VALUES ('${row.id}', '${row.text}')
       ON CONFLICT DO UPDATE SET ${row.column[1]} = excluded.${row.column[1]}`,
);
const block = fc.record({ note: id, id, text }).map(
  (row) => `INSERT INTO note_blocks (note_id, id, text) VALUES ('${row.note}', '${row.id}', '${row.text}')
            ON CONFLICT DO UPDATE SET text = excluded.text`,
);
const removal = fc.oneof(
  fc.record({ column, id }).map((row) => `DELETE FROM ${row.column[0]} WHERE id = '${row.id}'`),
  fc
    .record({ note: id, id })
    .map((row) => `DELETE FROM note_blocks WHERE note_id = '${row.note}' AND id = '${row.id}'`),
);
const trash = fc
  .record({ column, id, at: fc.constantFrom('NULL', '5') })
  .map((row) => `UPDATE ${row.column[0]} SET deleted_at = ${row.at} WHERE id = '${row.id}'`);
const unsearched = fc.record({ id }).map((row) => `UPDATE notes SET pinned = 1 - pinned WHERE id = '${row.id}'`);
const write = fc.oneof({ weight: 3, arbitrary: upsert }, { weight: 2, arbitrary: block }, removal, trash, unsearched);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('write' as const), side, sql: write }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('transaction' as const),
      side,
      sql: fc.array(write, { minLength: 1, maxLength: 4 }),
      searched: fc.boolean(),
      kept: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('pull' as const), side, share: fc.integer({ min: 1, max: 4 }) }),
  },
  fc.record({ type: fc.constant('refresh' as const), side, maxDocuments: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ type: fc.constant('rotate' as const), side }),
  fc.record({ type: fc.constant('rebuild' as const), side }),
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

describeEachEngine('the index of two replicas that exchange changes', (engine) => {
  it('finds at every step what a scan of the tables finds', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        const sides = { a: open(engine), b: open(engine) };
        for (const next of steps) {
          take(next, sides[next.side], sides[next.side === 'a' ? 'b' : 'a']);
          expect(sides.a.hits()).toEqual(sides.a.scan());
          expect(sides.b.hits()).toEqual(sides.b.scan());
        }
        sides.a.close();
        sides.b.close();
      }),
      { numRuns: 20 },
    );
  });
});

type Side = ReturnType<typeof open>;

function take(next: Step, here: Side, there: Side): void {
  switch (next.type) {
    case 'write':
      return here.run(next.sql);
    case 'transaction':
      return here.transaction(next);
    case 'pull':
      return here.pull(there, next.share);
    case 'refresh':
      return void here.index.refresh(next);
    case 'rotate':
      return void here.replica.rotateSiteId();
    case 'rebuild':
      return here.index.rebuild();
  }
}

function open(engine: EngineName) {
  const replica = openReplica({ path: ':memory:', engine });
  const index = new SearchIndex(replica.sqlite);
  const documents = replica.sqlite.prepare(DOCUMENTS).raw();
  const run = (sql: string) => void replica.sqlite.prepare(sql).run();
  const hits = () => ofEachWord((word) => index.search(word, { limit: 100 }).map((hit) => `${hit.kind} ${hit.id}`));
  const scan = () => {
    const rows = documents.all() as [document: string, text: string][];
    return ofEachWord((word) =>
      rows.filter(([, words]) => words.split(' ').includes(word)).map(([document]) => document),
    );
  };
  const agree = () => expect(hits()).toEqual(scan());
  return {
    replica,
    index,
    run,
    hits,
    scan,
    close: () => replica.close(),
    transaction: ({ sql, searched, kept }: Extract<Step, { type: 'transaction' }>) => {
      try {
        replica.transaction(() => {
          for (const statement of sql) {
            run(statement);
            if (searched) agree();
          }
          if (!kept) throw new Undone();
        });
      } catch (error) {
        if (!(error instanceof Undone)) throw error;
      }
    },
    /** Some of the other's changes only, and not whole transactions: half a row must be indexed as half a row. */
    pull: (other: { readonly replica: typeof replica }, share: number) => {
      const { changes } = other.replica.ownChanges({ after: 0 });
      replica.applyChanges(changes.filter((_change, n) => n % share === 0));
    },
  };
}

function ofEachWord(documents: (word: string) => string[]): Record<string, string[]> {
  return Object.fromEntries(WORDS.map((word) => [word, documents(word).sort()]));
}

class Undone extends Error {}
