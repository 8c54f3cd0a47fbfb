/** Servers and clients are processes of their own, so that neither has the other's garbage to collect. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('server-process.mjs', import.meta.url));
const CLIENT = fileURLToPath(new URL('client-process.mjs', import.meta.url));

/** `profiles`: a directory for CPU profiles of every process. */
export async function startServer(options, { profiles }) {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
  const child = start(SERVER, { ...options, directory }, ['--expose-gc', ...profiling(profiles)]);
  const { url } = await child.next();
  return {
    url,
    /** After its garbage has been collected: `{ rssBytes, heapBytes }`. */
    memory: () => child.ask('memory'),
    async stop() {
      await child.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** In a process that has loaded its modules before the work begins. Returns what the workload measured. */
export async function runClient(options, { profiles, server }) {
  const child = start(CLIENT, options, ['--expose-gc', ...profiling(profiles)]);
  try {
    await child.next();
    let message = await child.ask('begin');
    while (message.wants === 'memory') message = await child.ask(await server.memory());
    return message.figures;
  } finally {
    await child.stop();
  }
}

function profiling(directory) {
  return directory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${directory}`];
}

function start(script, options, execArgv) {
  const child = fork(script, [JSON.stringify(options)], { execArgv });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const next = () =>
    new Promise((resolve, reject) => {
      const failed = (code) => reject(new Error(`${path.basename(script)} ended with ${code}`));
      child.once('exit', failed);
      child.once('message', (message) => {
        child.off('exit', failed);
        resolve(message);
      });
    });
  return {
    next,
    ask(request) {
      const answer = next();
      child.send(request);
      return answer;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
