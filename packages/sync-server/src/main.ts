#!/usr/bin/env node
/** The process: its arguments, environment, streams and signals. */
import { readFileSync } from 'node:fs';
import { runCli } from './cli/run-cli.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const exitCode = await runCli(
  process.argv.slice(2),
  {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
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

// A server that would not end by itself has been told to stop at once.
process.exit(exitCode);
