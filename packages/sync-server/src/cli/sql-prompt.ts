/** The prompt of `tributary sql`: statements over as many lines as they need, until somebody leaves. */
import { CloudError } from '../cloud/cloud-error.ts';
import { ServerError } from '../errors.ts';
import type { CommandWorld } from './command.ts';
import { isHelper, SQL_HELP } from './sql-helpers.ts';
import { splitStatements } from './split-statements.ts';

export interface SqlPromptOptions {
  readonly write: boolean;
  readonly world: CommandWorld;
}

export async function runSqlPrompt(
  run: (text: string) => Promise<void>,
  { write, world }: SqlPromptOptions,
): Promise<void> {
  world.err(`${write ? 'What you change is committed.' : 'To read only.'} \\? says what there is, \\q leaves.\n`);
  let typed = '';
  for await (const line of world.input.lines(() => (typed === '' ? 'tributary> ' : '       ... '))) {
    if (typed === '' && isHelper(line)) {
      const command = line.trim();
      if (command === String.raw`\q`) return;
      if (command === String.raw`\?`) world.err(`${SQL_HELP.join('\n')}\n`);
      else await attempt(() => run(command), world);
      continue;
    }
    typed += `${line}\n`;
    const { statements, rest } = splitStatements(typed);
    for (const statement of statements) await attempt(() => run(statement), world);
    typed = rest === '' ? '' : `${rest}\n`;
  }
}

/** A statement that fails is no reason to leave. */
async function attempt(work: () => Promise<void>, { err }: CommandWorld): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ServerError) || error.code === 'server_lost') throw error;
    const more = error instanceof CloudError && error.hint !== undefined ? `\n${error.hint}` : '';
    err(`${error.message}${more}\n`);
  }
}
