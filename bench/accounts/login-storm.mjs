/**
 * Somebody edits, ten times a second, while a hundred others sign in: how long until an edit is on the relay's disk, with the
 * storm and without it, in turns.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openReplica } from '@tributary/database';
import { SyncClient } from '@tributary/sync';
import { median, percentile } from '../sync/statistics.mjs';

const PEOPLE = 100;
const EDITS = 200;
const PAUSE_MS = 50;
const PASSWORD = 'correct horse battery staple';
const EMAIL = 'ann@example.org';

export async function loginStorm(rounds) {
  const server = start('server-process.mjs');
  const { address } = await server.next();
  const editor = await signedIn(address);
  const figures = { calm: [], storm: [], logins: [] };
  await acknowledgements(editor, EDITS);
  for (let round = 0; round < rounds; round++) {
    figures.calm.push(await acknowledgements(editor, EDITS));
    const storm = start('login-process.mjs', { address, email: EMAIL, password: PASSWORD, people: PEOPLE });
    await storm.next();
    figures.storm.push(await acknowledgements(editor, EDITS));
    const told = storm.next();
    storm.child.send('end');
    figures.logins.push((await told).perSecond);
  }
  editor.client.close();
  editor.replica.close();
  server.child.disconnect();
  report(figures);
}

function report({ calm, storm, logins }) {
  const of = (samples, share) => median(samples.map((round) => percentile(round, share)));
  console.log(`logins/s, ${PEOPLE} people at once           ${median(logins).toFixed(1)}`);
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ]) {
    const [alone, beside] = [of(calm, share), of(storm, share)];
    const ratio = (beside / alone).toFixed(1);
    console.log(
      `edit to disk ${name}   alone ${alone.toFixed(2)} ms   in the storm ${beside.toFixed(2)} ms   ${ratio}x`,
    );
  }
}

async function acknowledgements({ replica, client }, count) {
  const { notes } = replica.schema.tables;
  const durations = [];
  for (let i = 0; i < count; i++) {
    const begun = performance.now();
    replica.db
      .insert(notes)
      .values({ id: replica.newId(), title: `Note ${i}` })
      .run();
    await client.sync();
    durations.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return durations;
}

async function signedIn(address) {
  const post = async (path, body) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.json();
  };
  await post('/v1/auth/register', { email: EMAIL, password: PASSWORD, name: 'Ann' });
  const token = async () => (await post('/v1/auth/login', { email: EMAIL, password: PASSWORD })).accessToken;
  const headers = { Authorization: `Bearer ${await token()}` };
  const { workspaces } = await (await fetch(`${address}/v1/workspaces`, { headers })).json();
  const replica = openReplica({ path: ':memory:' });
  const client = new SyncClient(`${address.replace('http', 'ws')}/sync`, token, {
    replica,
    workspaceId: workspaces[0].id,
    debounce: { debounceMs: 0, maxDelayMs: 0 },
  });
  return { replica, client };
}

function start(script, options = {}) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [JSON.stringify(options)]);
  return { child, next: () => new Promise((resolve) => child.once('message', resolve)) };
}
