/** What the cloud copy has of the simulation's tables. `conflicts` is left out, a table that the server does not know. */
import { workspaceCloudSchema } from '@tributary/database/cloud';

const column = (name, type) => ({ name, type, isNullable: true, default: null });

export const SIM_CLOUD_TABLES = [
  {
    name: 'items',
    key: [column('id', 'text')],
    columns: [column('title', 'text'), column('amount', 'numeric'), column('data', 'bytea')],
  },
  { name: 'links', key: [column('source', 'text'), column('target', 'bytea')], columns: [column('weight', 'bigint')] },
  { name: 'marks', key: [column('id', 'text')], columns: [] },
];

/** The machinery is the product's. */
export const simCloudSchema = {
  tables: new Map(SIM_CLOUD_TABLES.map((table) => [table.name, table])),
  migrations: [
    ...workspaceCloudSchema.migrations,
    { tag: '9999_sim', up: SIM_CLOUD_TABLES.map(createTable).join(';\n'), down: 'SELECT 1' },
  ],
};

function createTable({ name, key, columns }) {
  const defined = [...key, ...columns].map(({ name: each, type }) => `${each} ${type}`);
  return `CREATE TABLE app.${name} (workspace_id text, ${defined.join(', ')}, _updated_by text, _updated_at timestamptz,
    _version bigint, _extra jsonb, PRIMARY KEY (workspace_id, ${key.map(({ name: each }) => each).join(', ')}))`;
}
