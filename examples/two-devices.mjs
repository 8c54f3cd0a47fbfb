/**
 * Two devices edit one note while neither can reach the other. Once they are connected again, the paragraphs of both are
 * there; where both changed the same title one wins, and the other is kept as a conflict for somebody to look at.
 *
 * The relay, the devices' databases and everything in between are real; the files are removed at the end.
 *
 *   npm run demo
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createRepositories, openReplica } from '@tributary/database';
import { ConflictResolver, SyncClient } from '@tributary/sync';
import { SyncServer } from '@tributary/sync-server';
import { formatTable } from './format-table.mjs';

const WORKSPACE = 'travel';

const directory = mkdtempSync(path.join(tmpdir(), 'tributary-demo-'));
const server = await startRelay();
const laptop = openDevice('laptop');
const phone = openDevice('phone');

try {
  await runDemo();
} finally {
  for (const { client, replica } of [laptop, phone]) {
    client.close();
    replica.close();
  }
  await server.stop();
  rmSync(directory, { recursive: true });
}

/** Anybody whose token is the right word may edit the one workspace; an app checks its users' tokens here. */
function startRelay() {
  const auth = (token) => {
    if (token !== 'open sesame') throw new Error('a wrong token');
    return { userId: 'traveller', roleIn: (workspaceId) => (workspaceId === WORKSPACE ? 'editor' : undefined) };
  };
  return new SyncServer({ port: 0, dataDirectory: path.join(directory, 'relay'), auth, cloud: false }).start();
}

function openDevice(name) {
  const replica = openReplica({ path: path.join(directory, `${name}.db`) });
  const url = `${server.address.replace('http', 'ws')}/sync`;
  const client = new SyncClient(url, 'open sesame', { replica, workspaceId: WORKSPACE, clientName: name });
  return { name, replica, client, notes: createRepositories(replica).notes };
}

async function runDemo() {
  heading('1. The laptop writes a note, and the phone gets it');
  const { id } = laptop.notes.create({ title: 'Lisbon', text: 'Find flights.\n\nFind a hotel.' });
  await syncBoth();
  show(phone);

  heading('2. Both go offline, and both edit the note');
  laptop.client.disconnect();
  phone.client.disconnect();
  say('The laptop renames it and rewrites the first paragraph.');
  laptop.notes.update(id, { title: 'Lisbon in May' });
  rewrite(laptop, id, 'Find flights.', 'Fly on the 8th, back on the 12th.');
  say('The phone renames it, too, and rewrites the second paragraph.');
  phone.notes.update(id, { title: 'Lisbon with Ana' });
  rewrite(phone, id, 'Find a hotel.', 'Hotel booked: Alfama, four nights.');
  show(laptop);
  show(phone);

  heading('3. They are online again: both paragraphs are there, and one of the titles');
  await syncBoth();
  show(laptop);

  heading('4. The other title was not lost');
  const resolver = new ConflictResolver(laptop.replica);
  for (const conflict of resolver.list()) {
    say(
      `${conflict.table}.${conflict.column}: "${String(conflict.winningValue)}" won against "${String(conflict.losingValue)}".`,
    );
    resolver.merge(conflict.id);
    say('The laptop merges the two, which is an edit like any other.');
  }
  await syncBoth();
  show(phone);

  summarise();
}

/** What one sends, the other may only get with its second turn. */
async function syncBoth() {
  for (const { client } of [laptop, phone, laptop, phone]) await client.sync();
}

/** As an editor does it: the whole text is saved, and only the paragraph that differs is written. */
function rewrite({ notes }, noteId, paragraph, replacement) {
  notes.setText(noteId, notes.getText(noteId).replace(paragraph, replacement));
}

function show({ name, notes }) {
  const rows = notes.findMany().map(({ id, title }) => ({ title, text: notes.getText(id).split('\n\n') }));
  console.log(formatTable(name, rows));
}

function summarise() {
  const same = isDeepStrictEqual(everyRow(laptop.replica), everyRow(phone.replica));
  heading(same ? 'Both devices hold the same rows. No edit was lost.' : 'The devices DIFFER. This is a bug.');
  console.log(`  engine     ${laptop.replica.sqlite.engine} (SQLite ${sqliteVersion(laptop.replica)})`);
  for (const { name, replica, client } of [laptop, phone]) {
    const { state, latencyMs } = client.status;
    console.log(`  ${name.padEnd(9)}  site ${replica.siteId}, ${state}, ${latencyMs} ms to the relay and back`);
  }
  console.log(`  this demo  ${path.relative(process.cwd(), import.meta.filename)}\n`);
  process.exitCode = same ? 0 : 1;
}

/** Of every replicated table, not only of those shown. */
function everyRow(replica) {
  return replica.schema.replicated.map((table) => {
    const rows = replica.sqlite.prepare(`SELECT * FROM "${table}"`).safeIntegers().all();
    return [table, rows.map((row) => Object.entries(row)).toSorted(byFirstValue)];
  });
}

function byFirstValue([[, a]], [[, b]]) {
  return a < b ? -1 : 1;
}

function sqliteVersion(replica) {
  return replica.sqlite.prepare('SELECT sqlite_version()').pluck().get();
}

function heading(text) {
  console.log(`\n${text}\n`);
}

function say(text) {
  console.log(`  ${text}`);
}
