import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: './packages/database/src/schema/index.ts',
  out: './drizzle/local',
});
