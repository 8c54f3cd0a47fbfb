#!/usr/bin/env node
/** The process: its arguments, environment, streams and signals. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { runCli } from './cli/run-cli.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** As shells say of a process that Ctrl-C has ended. */
const INTERRUPTED = 130;

// Somebody who reads no further, as `head` does, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const exitCode = await runCli(
  process.argv.slice(2),
  {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    flush,
    errIsTerminal: process.stderr.isTTY,
    input: {
      isTerminal: process.stdin.isTTY,
      readAll: () => readText(process.stdin),
      lines: typedLines,
      readSecret: typedSecret,
    },
    readFile: (path) => readFileSync(path, 'utf8'),
    onStopRequest(listener) {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
  },
  version,
);

async function* typedLines(prompt: () => string): AsyncGenerator<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ask = (): void => {
    terminal.setPrompt(prompt());
    terminal.prompt();
  };
  ask();
  for await (const line of terminal) {
    yield line;
    ask();
  }
}

/** A terminal that shows nothing of what is typed. */
function typedSecret(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve) => {
    let answer = '';
    terminal.once('SIGINT', () => process.exit(INTERRUPTED));
    terminal.once('line', (line) => {
      answer = line;
      terminal.close();
    });
    terminal.once('close', () => {
      process.stderr.write('\n');
      resolve(answer);
    });
  });
}

function flush(): Promise<void> {
  if (process.stdout.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => void process.stdout.write('', () => resolve()));
}

await flush();
// A server that would not end by itself has been told to stop at once.
process.exit(exitCode);
