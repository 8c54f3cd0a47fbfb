/**
 * Two devices edit one note while neither can reach the other, then exchange what they changed and hold the same rows.
 *
 * There is no server in this: changes are read from one replica and applied to the other, which is what a relay will do
 * over a network. The replicas are real files, removed at the end.
 *
 *   npm start
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createRepositories, openReplica } from '@tributary/database';
import { formatTable } from './format-table.mjs';

const directory = mkdtempSync(path.join(tmpdir(), 'tributary-demo-'));
const laptop = openReplica({ path: path.join(directory, 'laptop.db') });
const phone = openReplica({ path: path.join(directory, 'phone.db') });
const exchanged = { toPhone: 0, toLaptop: 0, seenByPhone: 0, seenByLaptop: 0 };

try {
  await runDemo();
} finally {
  laptop.close();
  phone.close();
  rmSync(directory, { recursive: true });
}

async function runDemo() {
  heading('1. The laptop writes a note, and the phone gets it');
  const { id } = notesOf(laptop).create({ title: 'Lisbon', text: 'Find flights.\n\nFind a hotel.' });
  exchangeChanges();
  show('phone', phone);

  heading('2. Both go offline, and both edit the same note');
  say('The laptop renames it and rewrites the first paragraph.');
  notesOf(laptop).update(id, { title: 'Lisbon in May' });
  rewrite(laptop, id, 'Find flights.', 'Fly on the 8th, back on the 12th.');
  say('The phone pins it and rewrites the second paragraph.');
  notesOf(phone).update(id, { pinned: true });
  rewrite(phone, id, 'Find a hotel.', 'Hotel booked: Alfama, four nights.');
  show('laptop', laptop);
  show('phone', phone);

  heading('3. They meet, and exchange only what they changed');
  exchangeChanges();
  show('laptop', laptop);
  show('phone', phone);

  summarise();
}

function notesOf(replica) {
  return createRepositories(replica).notes;
}

/** As an editor does it: the whole text is saved, and only the paragraph that differs is written. */
function rewrite(replica, noteId, paragraph, replacement) {
  const text = notesOf(replica).getText(noteId);
  notesOf(replica).setText(noteId, text.replace(paragraph, replacement));
}

/** Each hands over its own changes since the last time. The order does not matter, and neither does repeating it. */
function exchangeChanges() {
  const fromLaptop = laptop.ownChanges({ after: exchanged.seenByPhone });
  const fromPhone = phone.ownChanges({ after: exchanged.seenByLaptop });
  phone.applyChanges(fromLaptop.changes);
  laptop.applyChanges(fromPhone.changes);
  exchanged.seenByPhone = fromLaptop.upTo;
  exchanged.seenByLaptop = fromPhone.upTo;
  exchanged.toPhone += fromLaptop.changes.length;
  exchanged.toLaptop += fromPhone.changes.length;
  say(`laptop → phone: ${fromLaptop.changes.length} changed cells, phone → laptop: ${fromPhone.changes.length}`);
}

function show(name, replica) {
  const rows = notesOf(replica)
    .findMany()
    .map(({ id, title, pinned }) => ({
      title,
      pinned: pinned ? 'yes' : 'no',
      text: notesOf(replica).getText(id).split('\n\n'),
    }));
  console.log(formatTable(name, rows));
}

function summarise() {
  const same = isDeepStrictEqual(everyRow(laptop), everyRow(phone));
  heading(same ? 'Both replicas hold the same rows. No edit was lost.' : 'The replicas DIFFER. This is a bug.');
  console.log(`  engine     ${laptop.sqlite.engine} (SQLite ${sqliteVersion(laptop)})`);
  console.log(`  laptop     site ${laptop.siteId}, sent ${exchanged.toPhone} changed cells`);
  console.log(`  phone      site ${phone.siteId}, sent ${exchanged.toLaptop} changed cells`);
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
