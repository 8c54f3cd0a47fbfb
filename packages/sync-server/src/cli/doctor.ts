/** `tributary doctor`: what is well and what is not, one line for each thing, with what to do. */
import { z } from 'zod';
import { OPTIONS, type Option } from '../config/options.ts';
import { duration, endpoint, flag, text } from '../config/values.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { writeBundle } from '../doctor/support-bundle.ts';
import { readOwnManifest } from '../own-manifest.ts';
import { EXIT_FAILED, EXIT_OK, type Command } from './command.ts';
import { widthOf } from './output/text-table.ts';
import { readFlags } from './read-flags.ts';

const FLAGS = [
  {
    name: 'url',
    placeholder: 'url',
    description:
      'Look at the way through the proxy, too: where devices reach the server, such as https://sync.example.org.',
  },
  {
    name: 'idle',
    placeholder: 'time',
    description:
      'With --url, how long a connection has to live through silence. Default: 3s. More than 9s takes a running server here.',
  },
  {
    name: 'bundle',
    placeholder: 'file',
    description:
      'Write all of it, with versions, options and metrics, to a file for somebody who helps. Secrets are left out.',
  },
  { name: 'json', description: 'Say it as a JSON array.' },
] as const;

const schema = z.object({
  url: endpoint.optional(),
  idle: duration.default(3_000),
  bundle: text.optional(),
  json: flag.default(false),
});

export const doctor: Command = {
  name: 'doctor',
  summary: 'Looks at everything, and says what is wrong and what to do.',
  usage: 'doctor [--url <url> [--idle <time>]] [--bundle <file>] [--json]',
  details: [
    'Node, data directory, log, server, PostgreSQL, clocks and, with --url, the proxy. It changes nothing, and ends with 1 if something is wrong. Give it the options that the server has.',
  ],
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema, options: Object.values<Option>(OPTIONS) });
    if (typeof given === 'number') return given;
    const { flags, config } = given;
    const manifest = readOwnManifest();
    const findings: Finding[] = [];
    for await (const finding of examine({ config, manifest, url: flags.url, idleMs: flags.idle })) {
      findings.push(finding);
      if (!flags.json) world.out(findingText(finding));
    }
    world.out(flags.json ? `${JSON.stringify(findings, undefined, 2)}\n` : summaryText(findings));
    if (flags.bundle !== undefined) {
      await writeBundle(flags.bundle, { config, version: manifest.version, findings });
      world.err(`written to ${flags.bundle}\n`);
    }
    return countOf(findings, 'wrong') === 0 ? EXIT_OK : EXIT_FAILED;
  },
};

const MARKS: Readonly<Record<Finding['state'], string>> = { ok: 'ok   ', note: 'note ', wrong: 'WRONG' };
/** The longest of what there is to look at. */
const ABOUT_WIDTH = 'migrations'.length;

function findingText({ about, state, says, remedy }: Finding): string {
  const head = `${MARKS[state]}  ${about}${' '.repeat(Math.max(0, ABOUT_WIDTH - widthOf(about)))}  `;
  const advice = remedy === undefined ? '' : `${' '.repeat(head.length)}→ ${remedy}\n`;
  return `${head}${says}\n${advice}`;
}

function summaryText(findings: readonly Finding[]): string {
  const [well, notes, wrong] = (['ok', 'note', 'wrong'] as const).map((state) => countOf(findings, state));
  return `${well} ok, ${notes} to note, ${wrong} wrong\n`;
}

function countOf(findings: readonly Finding[], state: Finding['state']): number {
  return findings.filter((finding) => finding.state === state).length;
}
