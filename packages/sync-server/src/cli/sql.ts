/** `tributary sql`: asks the cloud copy, and changes it only when it is told that it may. */
import { z } from 'zod';
import { ServerError } from '../errors.ts';
import { duration, flag, text } from '../config/values.ts';
import { EXIT_OK, EXIT_USAGE, type Command, type CommandWorld } from './command.ts';
import { readFlags } from './read-flags.ts';
import { runSql, type SqlSettings } from './run-sql.ts';
import { runSqlPrompt } from './sql-prompt.ts';
import { withOperations } from './with-operations.ts';
import { SQL_HELP } from './sql-helpers.ts';

const TABLE_LIMIT = 1_000;

const FLAGS = [
  { name: 'write', description: 'Commit what the statement changes. Without it nothing can be changed.' },
  { name: 'json', description: 'Rows as a JSON array. Whole numbers beyond 2^53, and numeric, are strings.' },
  { name: 'csv', description: 'Rows as CSV. NULL is nothing at all, and an empty text is "".' },
  { name: 'file', placeholder: 'path', description: 'Read the statements from a file.' },
  {
    name: 'limit',
    placeholder: 'rows',
    description: `Rows to give at most; 0 is all. Default: ${TABLE_LIMIT} for a table, else all.`,
  },
  { name: 'timeout', placeholder: 'time', description: 'How long a statement may take. Default: 30s.' },
] as const;

const limitText = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number')
  .transform(Number);

const schema = z.object({
  words: z.array(z.string()),
  write: flag.default(false),
  json: flag.default(false),
  csv: flag.default(false),
  file: text.optional(),
  limit: limitText.optional(),
  timeout: duration.default(30_000),
});

export const sql: Command = {
  name: 'sql',
  summary: 'Runs SQL on the cloud copy, to read unless it is told otherwise.',
  usage: 'sql ["<statement>"] [--write] [--json | --csv] [--file <path>] [--limit <rows>] [--timeout <time>]',
  details: [
    'Without a statement, it is read from the standard input; on a terminal, there is a prompt. Times are in UTC. In place of a statement:',
    SQL_HELP.map((line) => `  ${line}`).join('\n'),
  ],
  flags: FLAGS,
  async run(args, world) {
    const given = readFlags(args, world, { flags: FLAGS, schema, maxWords: 1 });
    if (typeof given === 'number') return given;
    const { flags, config } = given;
    const fault = faultOf(flags);
    if (fault !== undefined) {
      world.err(`- ${fault}\nSee tributary sql --help.\n`);
      return EXIT_USAGE;
    }
    const isPrompt = flags.words.length === 0 && flags.file === undefined && world.input.isTerminal;
    const statements = isPrompt ? '' : await readStatements(flags, world);
    return withOperations(config, { log: false }, async (operations) => {
      const run = (typed: string): Promise<void> => runSql(typed, settingsOf(flags), { operations, world });
      if (isPrompt) await runSqlPrompt(run, { write: flags.write, world });
      else await run(statements);
      return EXIT_OK;
    });
  },
};

type Flags = z.output<typeof schema>;

function faultOf({ json, csv, words, file }: Flags): string | undefined {
  if (json && csv) return '--json and --csv are both given: keep one';
  return words.length > 0 && file !== undefined ? 'a statement and --file are both given: keep one' : undefined;
}

function settingsOf({ json, csv, write, timeout, limit }: Flags): SqlSettings {
  const format = json ? 'json' : csv ? 'csv' : 'table';
  const rows = limit ?? (format === 'table' ? TABLE_LIMIT : 0);
  return { format, write, timeoutMs: timeout, limit: rows === 0 ? undefined : rows };
}

async function readStatements({ words, file }: Flags, world: CommandWorld): Promise<string> {
  const [statement] = words;
  if (statement !== undefined) return statement;
  if (file === undefined) return world.input.readAll();
  try {
    return world.readFile(file);
  } catch (cause) {
    throw new ServerError('config_invalid', `cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
