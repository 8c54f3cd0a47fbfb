import { expect, it, onTestFinished } from 'vitest';
import type { EngineName } from '../engine/driver.ts';
import type { Replica } from '../replica/replica.ts';
import { openReplica } from '../replica/open-replica.ts';
import { describeEachEngine } from '../testing/engines.ts';
import { temporaryPath } from '../testing/temporary-path.ts';
import { SearchIndex } from './search-index.ts';

describeEachEngine('the index', (engine) => {
  it('follows local writes of a note and of its blocks', () => {
    const { run, found } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('n', 'red fox')`);
    run(`INSERT INTO note_blocks (note_id, id, text) VALUES ('n', 'b', 'old den')`);
    expect(found('fox', 'den')).toEqual(['n', 'n']);
    run(`UPDATE notes SET title = 'red hare'`);
    expect(found('fox', 'hare', 'den')).toEqual(['', 'n', 'n']);
    run(`UPDATE note_blocks SET text = 'old nest'`);
    expect(found('den', 'nest')).toEqual(['', 'n']);
    run(`DELETE FROM note_blocks`);
    expect(found('nest', 'hare')).toEqual(['', 'n']);
    run(`DELETE FROM notes`);
    expect(found('hare')).toEqual(['']);
  });

  it('follows applied changes in the same way', () => {
    const here = open(engine);
    const there = open(engine);
    const after = (sql: string) => {
      there.run(sql);
      here.replica.applyChanges(there.replica.ownChanges({ after: 0 }).changes);
      return here.found('fox', 'den');
    };
    expect(after(`INSERT INTO notes (id, title) VALUES ('n', 'red fox')`)).toEqual(['n', '']);
    expect(after(`INSERT INTO note_blocks (note_id, id, text) VALUES ('n', 'b', 'den')`)).toEqual(['n', 'n']);
    expect(after(`UPDATE notes SET title = 'hare'`)).toEqual(['', 'n']);
    expect(after(`DELETE FROM note_blocks`)).toEqual(['', '']);
    expect(after(`INSERT INTO note_blocks (note_id, id, text) VALUES ('n', 'b', 'fox')`)).toEqual(['n', '']);
    expect(after(`DELETE FROM notes`)).toEqual(['', '']);
    expect(after(`INSERT INTO notes (id, title) VALUES ('n', 'den')`)).toEqual(['n', 'n']);
  });

  it('takes a note in whose blocks arrived before it, by whichever cell it arrives', () => {
    const here = open(engine);
    const there = open(engine);
    there.run(`INSERT INTO notes (id) VALUES ('n')`);
    there.run(`INSERT INTO note_blocks (note_id, id, text) VALUES ('n', 'b', 'fox')`);
    const { changes } = there.replica.ownChanges({ after: 0 });
    here.replica.applyChanges(changes.filter(({ table }) => table === 'note_blocks'));
    expect(here.found('fox')).toEqual(['']);
    here.replica.applyChanges(changes.filter(({ cid }) => cid === 'pinned'));
    expect(here.found('fox')).toEqual(['n']);
  });

  it('leaves out what is in the trash until it is restored; the archive is no trash', () => {
    const { run, found } = open(engine);
    for (const [table, column] of [
      ['notes', 'title'],
      ['chats', 'title'],
      ['memories', 'content'],
      ['entities', 'name'],
      ['files', 'path'],
      ['projects', 'name'],
    ] as const) {
      run(`INSERT INTO ${table} (id, ${column}) VALUES ('${table}', '${table}')`);
      expect(found(table)).toEqual([table]);
      run(`UPDATE ${table} SET deleted_at = 5`);
      expect(found(table)).toEqual(['']);
      run(`UPDATE ${table} SET deleted_at = NULL`);
      expect(found(table)).toEqual([table]);
    }
    run(`UPDATE notes SET archived_at = 5`);
    expect(found('notes')).toEqual(['notes']);
  });

  it('finds a message only in a chat that can be opened', () => {
    const { run, found } = open(engine);
    run(`INSERT INTO messages (id, chat_id, content) VALUES ('m', 'c', 'fox')`);
    expect(found('fox')).toEqual(['']);
    run(`INSERT INTO chats (id, title) VALUES ('c', 'den')`);
    expect(found('fox')).toEqual(['m']);
    run(`UPDATE chats SET deleted_at = 5`);
    expect(found('fox')).toEqual(['']);
    run(`UPDATE chats SET deleted_at = NULL`);
    expect(found('fox')).toEqual(['m']);
    run(`UPDATE messages SET deleted_at = 5`);
    expect(found('fox')).toEqual(['']);
    run(`UPDATE messages SET deleted_at = NULL`);
    run(`DELETE FROM chats`);
    expect(found('fox')).toEqual(['']);
  });

  it('finds a row again that was deleted and came back', () => {
    const { run, found } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('n', 'fox')`);
    expect(found('fox')).toEqual(['n']);
    run(`DELETE FROM notes`);
    run(`INSERT INTO notes (id, title) VALUES ('n', 'hare')`);
    expect(found('fox', 'hare')).toEqual(['', 'n']);
  });

  it('is unimpressed by a change of the site id', () => {
    const { run, found, replica } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('a', 'fox')`);
    expect(found('fox')).toEqual(['a']);
    replica.rotateSiteId();
    expect(found('fox')).toEqual(['a']);
    run(`INSERT INTO notes (id, title) VALUES ('b', 'hare')`);
    expect(found('fox', 'hare')).toEqual(['a', 'b']);
  });

  it('makes no changes of its own', () => {
    const { replica, found, index } = open(engine);
    index.rebuild();
    expect(found('fox')).toEqual(['']);
    expect(replica.ownChanges({ after: 0 }).changes).toEqual([]);
    const other = open(engine);
    other.run(`INSERT INTO notes (id, title) VALUES ('n', 'fox')`);
    replica.applyChanges(other.replica.ownChanges({ after: 0 }).changes);
    expect(found('fox')).toEqual(['n']);
    expect(replica.ownChanges({ after: 0 }).changes).toEqual([]);
  });
});

describeEachEngine('the index in a transaction', (engine) => {
  it('forgets what is rolled back, also when it was searched before', () => {
    const { run, found, replica } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('a', 'hare')`);
    rolledBack(replica, () => run(`UPDATE notes SET title = 'fox'`));
    expect(found('fox', 'hare')).toEqual(['', 'a']);
    rolledBack(replica, () => {
      run(`UPDATE notes SET title = 'fox'`);
      expect(found('fox', 'hare')).toEqual(['a', '']);
    });
    expect(found('fox', 'hare')).toEqual(['', 'a']);
    run(`UPDATE notes SET title = 'fox'`);
    expect(found('fox', 'hare')).toEqual(['a', '']);
  });

  it('sees every write of the transaction, whenever it is searched', () => {
    const { run, found, replica } = open(engine);
    replica.transaction(() => {
      run(`INSERT INTO notes (id, title) VALUES ('a', 'fox')`);
      expect(found('fox')).toEqual(['a']);
      run(`INSERT INTO notes (id, title) VALUES ('b', 'hare')`);
      expect(found('fox', 'hare')).toEqual(['a', 'b']);
      rolledBack(replica, () => {
        run(`UPDATE notes SET title = 'den'`);
        expect(found('den').join().split(' ').sort()).toEqual(['a', 'b']);
      });
      expect(found('den', 'fox')).toEqual(['', 'a']);
      run(`UPDATE notes SET title = 'nest' WHERE id = 'b'`);
    });
    expect(found('fox', 'hare', 'nest')).toEqual(['a', '', 'b']);
  });
});

describeEachEngine('the work of indexing', (engine) => {
  it('can be done in steps ahead of a search', () => {
    const { run, index, found } = open(engine);
    run(`INSERT INTO notes (id, title) SELECT value, 'fox' FROM json_each('["a", "b", "c", "d", "e"]')`);
    expect(index.pending()).toBe(5);
    expect(index.refresh({ maxDocuments: 2 })).toBe(3);
    expect(index.refresh({ maxDocuments: 0 })).toBe(3);
    expect(index.pending()).toBe(3);
    run(`INSERT INTO notes (id, title) VALUES ('f', 'fox')`);
    expect(index.refresh({ maxDocuments: 2 })).toBe(2);
    expect(found('fox').join().split(' ').sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(index.refresh()).toBe(0);
  });

  it('is one document for many writes of it', () => {
    const { run, index } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('n', 'fox')`);
    for (let n = 0; n < 5; n++) {
      run(`INSERT INTO note_blocks (note_id, id, text) VALUES ('n', 'b${n}', 'x')`);
      run(`UPDATE notes SET title = 'fox ${n}'`);
    }
    expect(index.pending()).toBe(1);
  });

  it('is none for columns that are not searched', () => {
    const { run, index } = open(engine);
    run(`INSERT INTO chats (id, title) VALUES ('c', 'fox')`);
    run(`INSERT INTO note_blocks (note_id, id, text) VALUES ('n', 'b', 'fox')`);
    index.refresh();
    run(`UPDATE chats SET last_message_at = 5, pinned = 1`);
    run(`UPDATE note_blocks SET checked = 1`);
    run(`INSERT INTO agents (id, name) VALUES ('a', 'fox')`);
    expect(index.pending()).toBe(0);
  });

  it('goes on where it was after a reopen', () => {
    const path = temporaryPath();
    const first = open(engine, path);
    first.run(`INSERT INTO notes (id, title) VALUES ('a', 'fox'), ('b', 'fox'), ('c', 'fox')`);
    expect(first.index.refresh({ maxDocuments: 1 })).toBe(2);
    first.replica.close();
    const second = open(engine, path);
    expect(second.index.pending()).toBe(2);
    expect(second.found('fox').join().split(' ').sort()).toEqual(['a', 'b', 'c']);
  });

  it('misses no write after a reopen gave a version out again', () => {
    const path = temporaryPath();
    const first = open(engine, path);
    first.run(`INSERT INTO notes (id, title) VALUES ('a', 'fox')`);
    for (let n = 0; n < 3; n++) {
      first.run(`UPDATE notes SET title = 'fox'`);
      expect(first.found('fox')).toEqual(['a']);
    }
    first.replica.close();
    const second = open(engine, path);
    second.run(`INSERT INTO notes (id, title) VALUES ('b', 'hare')`);
    expect(second.found('hare')).toEqual(['b']);
  });
});

describeEachEngine('an index', (engine) => {
  it('is made of what a replica already holds', () => {
    const replica = openReplica({ path: ':memory:', engine });
    onTestFinished(() => replica.close());
    replica.sqlite.exec(`INSERT INTO notes (id, title) VALUES ('n', 'fox')`);
    const index = new SearchIndex(replica.sqlite);
    expect(index.pending()).toBe(1);
    expect(index.search('fox')).toHaveLength(1);
  });

  it('of another layout is made again', () => {
    const { run, replica, found } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('n', 'fox')`);
    expect(found('fox')).toEqual(['n']);
    replica.sqlite.exec(`DROP TABLE search_text; CREATE TABLE search_text (something)`);
    run(`UPDATE local_meta SET value = 'older' WHERE key = 'search_layout'`);
    const reopened = new SearchIndex(replica.sqlite);
    expect(reopened.pending()).toBe(1);
    expect(reopened.search('fox')).toHaveLength(1);
    expect(new SearchIndex(replica.sqlite).pending()).toBe(0);
  });

  it('can be rebuilt at any time', () => {
    const { run, index, found } = open(engine);
    run(`INSERT INTO notes (id, title) VALUES ('n', 'fox')`);
    expect(found('fox')).toEqual(['n']);
    index.rebuild();
    expect(index.pending()).toBe(1);
    expect(found('fox')).toEqual(['n']);
  });
});

// The native engine lets no statement damage an index, so this is shown on the other one.
it('an index that is damaged is made again by the next search', () => {
  const { run, replica, found } = open('wasm');
  run(`INSERT INTO notes (id, title) VALUES ('n', 'fox')`);
  expect(found('fox')).toEqual(['n']);
  run(`UPDATE search_text_data SET block = x'00ff00ff' WHERE id > 1`);
  expect(found('fox')).toEqual(['n']);
  replica.sqlite.exec(`INSERT INTO search_text (search_text) VALUES ('integrity-check')`);
});

function open(engine: EngineName, path = ':memory:') {
  const replica = openReplica({ path, engine });
  onTestFinished(() => replica.close());
  const index = new SearchIndex(replica.sqlite);
  return {
    replica,
    index,
    run: (sql: string) => replica.sqlite.prepare(sql).run(),
    /** For each word, the ids of the documents that have it. */
    found: (...words: string[]) =>
      words.map((word) =>
        index
          .search(`${word} `)
          .map(({ id }) => id)
          .join(' '),
      ),
  };
}

function rolledBack(replica: Pick<Replica, 'transaction'>, body: () => void): void {
  class Undone extends Error {}
  expect(() =>
    replica.transaction(() => {
      body();
      throw new Undone();
    }),
  ).toThrow(Undone);
}
