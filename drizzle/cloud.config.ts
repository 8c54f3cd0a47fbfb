import { defineConfig } from 'drizzle-kit';

/** The cloud copy, in PostgreSQL. What Drizzle cannot say is in custom migrations beside the generated ones. */
export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './packages/database/src/cloud/schemas.ts',
    './packages/database/src/cloud/app/*.ts',
    './packages/database/src/cloud/{machinery,billing}.ts',
  ],
  out: './drizzle/cloud',
});
