import { expect, it, onTestFinished } from 'vitest';
import type { EngineName } from '../engine/driver.ts';
import { openReplica } from '../replica/open-replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { temporaryPath } from '../testing/temporary-path.ts';
import { SENTINEL } from './change.ts';
import { latestVersionSql, touchedColumnsSql, touchedRowsSql } from './touched-rows.ts';

const NOTE_TITLES = touchedRowsSql({ table: 'notes', keyColumn: 'id', columns: ['title', 'deleted_at'] });
const NOTES = touchedRowsSql({ table: 'notes', keyColumn: 'id' });
const NOTES_OF_BLOCKS = touchedRowsSql({ table: 'note_blocks', keyColumn: 'note_id', columns: ['text'] });
const NOTE_COLUMNS = touchedColumnsSql('notes');
const LATEST = latestVersionSql(['notes', 'note_blocks']);

describeEachEngine('touched rows', (engine) => {
  it('are those written after the version', () => {
    const { run, touched, latest } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('a', 'A'), ('b', 'B')`);
    const before = latest();
    expect(touched(NOTE_TITLES, 0)).toEqual(['a', 'b']);
    expect(touched(NOTE_TITLES, before)).toEqual([]);
    run(`UPDATE notes SET title = 'B2' WHERE id = 'b'`);
    expect(touched(NOTE_TITLES, before)).toEqual(['b']);
  });

  it('leave out rows of which only other columns were written', () => {
    const { run, touched, latest } = open(engine);
    run(`INSERT INTO notes (id) VALUES ('a')`);
    const before = latest();
    run(`UPDATE notes SET pinned = 1`);
    expect(touched(NOTE_TITLES, before)).toEqual([]);
    expect(touched(NOTES, before)).toEqual(['a']);
  });

  it('include deleted ones, by any column of their key', () => {
    const { run, touched, latest } = open(engine);
    run(`INSERT INTO notes (id) VALUES ('a')`);
    run(`INSERT INTO note_blocks (note_id, id) VALUES ('a', 'one'), ('a', 'two')`);
    const before = latest();
    run(`DELETE FROM note_blocks WHERE id = 'two'`);
    expect(touched(NOTES_OF_BLOCKS, before)).toEqual(['a']);
    run(`DELETE FROM notes`);
    expect(touched(NOTE_TITLES, before)).toEqual(['a']);
  });

  it('include those that came back', () => {
    const { run, touched, latest } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('a', 'A')`);
    run(`DELETE FROM notes`);
    const before = latest();
    run(`INSERT INTO notes (id, title) VALUES ('a', 'A')`);
    expect(touched(NOTE_TITLES, before)).toEqual(['a']);
  });

  it('include what was applied: written, deleted and come back', () => {
    const here = open(engine);
    const there = open(engine);
    let sent = 0;
    const touchedByNextChanges = (sql: string) => {
      const { changes, upTo } = there.replica.ownChanges({ after: sent });
      const before = here.latest();
      here.replica.applyChanges(changes);
      sent = upTo;
      return here.touched(sql, before);
    };
    there.run(`INSERT INTO notes (id, title) VALUES ('a', 'A')`);
    expect(touchedByNextChanges(NOTE_TITLES)).toEqual(['a']);
    there.run(`UPDATE notes SET pinned = 1`);
    expect(touchedByNextChanges(NOTE_TITLES)).toEqual([]);
    there.run(`DELETE FROM notes`);
    expect(touchedByNextChanges(NOTE_TITLES)).toEqual(['a']);
    there.run(`INSERT INTO notes (id, title) VALUES ('a', 'A')`);
    expect(touchedByNextChanges(NOTE_TITLES)).toEqual(['a']);
  });

  it('include a row that an applied cell of another column brought back', () => {
    const here = open(engine);
    const there = open(engine);
    there.run(`INSERT INTO notes (id, title) VALUES ('a', 'A')`);
    here.replica.applyChanges(there.replica.ownChanges({ after: 0 }).changes);
    const { upTo } = there.replica.ownChanges({ after: 0 });
    there.run(`DELETE FROM notes`);
    there.run(`INSERT INTO notes (id, pinned) VALUES ('a', 1)`);
    const pinned = there.replica.ownChanges({ after: upTo }).changes.filter(({ cid }) => cid === 'pinned');
    expect(pinned).toHaveLength(1);
    const before = here.latest();
    here.replica.applyChanges(pinned);
    expect(here.touched(NOTE_TITLES, before)).toEqual(['a']);
  });

  it('are found by the index on db_version, also after ANALYZE', () => {
    const { replica, run } = open(engine);
    run(`INSERT INTO notes (id) SELECT value FROM json_each('["a", "b", "c"]')`);
    run('ANALYZE');
    for (const sql of [NOTE_TITLES, NOTES, NOTES_OF_BLOCKS]) {
      const plan = replica.sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({ after: 0 }) as { detail: string }[];
      expect(plan.map(({ detail }) => detail)).toEqual([
        expect.stringMatching(/^SEARCH c USING (COVERING )?INDEX \w+__crsql_clock_dbv_idx \(db_version>\?\)$/),
        'SEARCH p USING INTEGER PRIMARY KEY (rowid=?)',
      ]);
    }
  });
});

describeEachEngine('touched columns', (engine) => {
  it('are those written after the version, each once, and the sentinel of a row that went', () => {
    const { replica, run, touched, latest } = open(engine);
    run(`INSERT INTO notes (id) VALUES ('a'), ('b')`);
    const before = latest();
    run(`UPDATE notes SET title = 'x', pinned = 1`);
    const columns = replica.sqlite.prepare(NOTE_COLUMNS).pluck().all({ after: before }) as string[];
    expect(columns.sort()).toEqual(['pinned', 'title']);
    const later = latest();
    run(`DELETE FROM notes WHERE id = 'b'`);
    expect(touched(NOTE_COLUMNS, later)).toEqual([SENTINEL]);
  });

  it('are found by the index on db_version, also after ANALYZE, so a commit costs what it has written', () => {
    const { replica, run } = open(engine);
    const ids = JSON.stringify(Array.from({ length: 500 }, (_, index) => `${index}`));
    run(`INSERT INTO notes (id) SELECT value FROM json_each('${ids}')`);
    run('ANALYZE');
    const plan = replica.sqlite.prepare(`EXPLAIN QUERY PLAN ${NOTE_COLUMNS}`).all({ after: 0 }) as { detail: string }[];
    expect(plan[0]?.detail).toMatch(/^SEARCH \w+ USING COVERING INDEX \w+__crsql_clock_dbv_idx \(db_version>\?\)$/);
  });
});

describeEachEngine('the latest version', (engine) => {
  it('is 0 before anything is written', () => {
    expect(open(engine).latest()).toBe(0);
  });

  it('is the latest of all the tables, and of no other', () => {
    const { run, latest } = open(engine);
    run(`INSERT INTO note_blocks (note_id, id) VALUES ('a', 'one')`);
    run(`INSERT INTO notes (id) VALUES ('a')`);
    run(`INSERT INTO projects (id) VALUES ('p')`);
    expect(latest()).toBe(2);
  });

  it('stays where it is when an update changes nothing, for after a reopen that version is another transaction', () => {
    const path = temporaryPath();
    const first = open(engine, path);
    first.run(`INSERT INTO notes (id, title) VALUES ('a', 'A')`);
    const before = first.latest();
    first.run(`UPDATE notes SET title = 'A'`);
    first.run(`UPDATE notes SET title = 'A'`);
    expect(first.latest()).toBe(before);
    first.replica.close();

    const second = open(engine, path);
    second.run(`INSERT INTO notes (id, title) VALUES ('b', 'B')`);
    expect(second.touched(NOTE_TITLES, before)).toEqual(['b']);
  });

  it('never falls, whatever is deleted or rolled back', () => {
    const { replica, run, latest } = open(engine);
    run(`INSERT INTO notes (id) VALUES ('a')`);
    const before = latest();
    expect(() =>
      replica.transaction(() => {
        run(`DELETE FROM notes`);
        throw new Error('rolled back');
      }),
    ).toThrow('rolled back');
    expect(latest()).toBe(before);
    run(`DELETE FROM notes`);
    expect(latest()).toBeGreaterThan(before);
  });
});

function open(engine: EngineName, path = ':memory:') {
  const replica = openReplica({ path, engine });
  onTestFinished(() => replica.close());
  return {
    replica,
    run: (sql: string) => replica.sqlite.prepare(sql).run(),
    touched: (sql: string, after: number) => [
      ...new Set(replica.sqlite.prepare(sql).pluck().all({ after }) as string[]),
    ],
    latest: () => replica.sqlite.prepare(LATEST).pluck().get() as number,
  };
}
