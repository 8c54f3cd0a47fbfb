import { defineConfig } from 'drizzle-kit';

/** The workspace's replicated tables. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './packages/database/src/schema/{people,notes,knowledge,projects,assistant,merging}.ts',
  out: './drizzle/local',
});
