import { defineConfig } from 'drizzle-kit';

/** The tables that every replica keeps for itself, whatever app it belongs to. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './packages/database/src/schema/local.ts',
  out: './drizzle/local-only',
});
