import { defineConfig } from 'drizzle-kit';

/** Accounts and billing, which only the cloud has. The schema `billing` is shared with the cloud copy: see ./cloud.config.ts. */
export default defineConfig({
  dialect: 'postgresql',
  schema: ['./packages/database/src/cloud/accounts/{schema,people,workspaces,billing}.ts'],
  out: './drizzle/accounts',
});
