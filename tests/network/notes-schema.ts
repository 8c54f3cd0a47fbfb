/** The tables of notes as the workspace has them, and no others: such a replica is opened in a quarter of the time. */
import { defineReplicaSchema } from '@tributary/database';
import { workspaceSchema } from '@tributary/database/workspace';

const { notes, noteBlocks, tags, conflicts } = workspaceSchema.tables;

const SEPARATOR = '--> statement-breakpoint';
const OF_NOTES = /^CREATE (?:TABLE|INDEX `\w+` ON) `(?:notes|note_blocks|tags|conflicts)`/;

function statementsOfNotes(sql: string): string {
  const statements = sql.split(SEPARATOR).map((statement) => statement.trim());
  return statements.filter((statement) => OF_NOTES.test(statement)).join(`\n${SEPARATOR}\n`);
}

export const notesSchema = defineReplicaSchema({
  tables: { notes, noteBlocks, tags, conflicts },
  replicated: { notes, noteBlocks, tags, conflicts },
  migrations: workspaceSchema.migrations.map(({ tag, sql }) => ({ tag, sql: statementsOfNotes(sql) })),
});
