/**
 * Measures sync over a real relay against a plain `ws` server and clients, in rounds in which everybody has a turn.
 *
 *   pnpm bench:sync [--rounds 5] [--engine native|wasm] [--only A,B] [--profiles <directory>]
 */
import { parseArgs } from 'node:util';
import { contendersFor } from './contenders.mjs';
import { runClient, startServer } from './processes.mjs';
import { questions } from './questions.mjs';
import { printTable } from './report.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    engine: { type: 'string' },
    only: { type: 'string', default: 'A,B,C,D,E,F,G' },
    profiles: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const only = values.only.split(',');
const { profiles } = values;
const contenders = contendersFor(values.engine);

console.log(`Node ${process.version}, ${rounds} rounds; median [least .. most], and the ratio of the medians`);
for (const question of questions.filter(({ letters }) => letters.some((letter) => only.includes(letter)))) {
  const samples = await ask(question);
  for (const table of question.tables.filter(({ letter }) => only.includes(letter))) printTable(table, samples);
}

async function ask(question) {
  const asked = question.contenders(contenders);
  const samples = new Map(asked.map(({ name }) => [name, []]));
  const loaded = question.loadedBy === undefined ? undefined : await loadServers(question, asked);
  for (let round = 0; round < rounds; round++) {
    for (const contender of asked) samples.get(contender.name).push(await measure(question, contender, loaded));
  }
  for (const server of loaded?.values() ?? []) await server.stop();
  return samples;
}

async function measure({ workload }, contender, loaded) {
  const server = loaded?.get(contender) ?? (await serverOf(contender));
  const figures = await runClient(clientOptions(workload, contender, server), { profiles, server });
  if (loaded === undefined) await server.stop();
  return figures;
}

async function loadServers({ loadedBy }, asked) {
  const servers = new Map();
  for (const contender of asked) {
    const server = await serverOf(contender);
    servers.set(contender, server);
    await runClient(clientOptions(loadedBy, contender, server), { server });
  }
  return servers;
}

function serverOf({ peer, server }) {
  return startServer({ peer, ...server }, { profiles });
}

function clientOptions(workload, { peer, engine }, { url }) {
  return { workload, peer, engine, url, only };
}
