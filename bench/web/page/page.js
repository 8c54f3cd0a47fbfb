/** What is measured inside of a page. Times are of this page's clock, in milliseconds; `at` is comparable between pages. */
import { notes } from '@tributary/database/schema';
import { connectTabs, createPageDatabase } from '@tributary/sync/tabs';
import { desc, eq, isNull, sql } from 'drizzle-orm';

const asked = new URLSearchParams(location.search);
const name = [asked.get('database'), asked.get('relay')].filter(Boolean).join(' ');
const startWorker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name });
const tabs = connectTabs({ database: asked.get('database'), startWorker, window });
const db = createPageDatabase((text, params) => tabs.query(text, params), { notes });
const recent = tabs.watch(
  db
    .select({ id: notes.id, title: notes.title, updatedAt: notes.updatedAt })
    .from(notes)
    .where(isNull(notes.deletedAt))
    .orderBy(desc(notes.updatedAt))
    .limit(50),
);
let firstRowsMs;
const seen = new Map();

recent.subscribe(() => {
  const rows = recent.getSnapshot();
  const list = document.getElementById('list');
  list.replaceChildren(...rows.map(({ title }) => Object.assign(document.createElement('li'), { textContent: title })));
  firstRowsMs ??= performance.now();
  for (const { title } of rows) if (!seen.has(title)) seen.set(title, performance.timeOrigin + performance.now());
});

const keyLatencies = [];
document.getElementById('field').addEventListener('keydown', ({ timeStamp }) => {
  // A task that comes after the frame: by then it is painted.
  requestAnimationFrame(() => setTimeout(() => keyLatencies.push(performance.now() - timeStamp)));
});

globalThis.bench = {
  firstRows: () => poll(() => firstRowsMs),
  isLeader: () =>
    poll(() => tabs.connection.getSnapshot().state === 'ready' && String(tabs.connection.getSnapshot().isLeader)),
  fill: (from, count) => tabs.apply('fill', { from, count }, { isUndoable: false }).then(({ result }) => result),
  count: async () => (await db.select({ total: sql`count(*)` }).from(notes))[0].total,
  /** One after another; each resolves when it is on the disk. */
  async writes(noteId, rounds) {
    const times = [];
    let base = await titleOf(noteId);
    for (let round = 0; round < rounds; round++) {
      const text = `Written ${round} at ${Math.random()}`;
      const from = performance.now();
      base = await tabs.run('saveTitle', { noteId, base, text });
      times.push(performance.now() - from);
    }
    return times;
  },
  async writeAt(noteId, text) {
    const base = await titleOf(noteId);
    const at = performance.timeOrigin + performance.now();
    await tabs.run('saveTitle', { noteId, base, text });
    return at;
  },
  seenAt: (title) => poll(() => seen.get(title)),
  keyLatencies: () => keyLatencies.splice(0),
  /** The least that a browser takes to have something on the disk. */
  async indexedDb(rounds) {
    const opening = indexedDB.open('reference');
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('rows'));
    const database = await done(opening);
    const times = [];
    for (let round = 0; round < rounds; round++) {
      const from = performance.now();
      const transaction = database.transaction('rows', 'readwrite', { durability: 'strict' });
      transaction.objectStore('rows').put(`Written ${round}`, 'row');
      await new Promise((resolve) => transaction.addEventListener('complete', resolve));
      times.push(performance.now() - from);
    }
    return times;
  },
  /** The least that it takes to tell another tab something: there and back. */
  echo() {
    const channel = new BroadcastChannel('echo');
    channel.addEventListener('message', ({ data }) => say(channel, -data));
  },
  async pings(rounds) {
    const channel = new BroadcastChannel('echo');
    const times = [];
    for (let round = 1; round <= rounds; round++) {
      const from = performance.now();
      const answer = new Promise((resolve) => channel.addEventListener('message', resolve, { once: true }));
      say(channel, round);
      await answer;
      times.push((performance.now() - from) / 2);
    }
    return times;
  },
};

async function titleOf(noteId) {
  const [{ title }] = await db.select({ title: notes.title }).from(notes).where(eq(notes.id, noteId));
  return title;
}

function say(channel, message) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
  channel.postMessage(message);
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

async function poll(ask) {
  for (;;) {
    const answer = ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
