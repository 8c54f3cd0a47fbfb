/** A schema of one table, `things`, that gains columns. */
import type { CloudColumn, CloudMigration, CloudSchema, CloudType } from '@tributary/database/cloud';
import { workspaceCloudSchema } from '@tributary/database/cloud';

export function smallSchema(columns: Readonly<Record<string, CloudType>>, tables = ['things']): CloudSchema {
  const all = Object.entries(columns).map(([name, type]) => columnOf(name, type));
  const described = tables.map((name) => [name, { name, key: [columnOf('id', 'uuid')], columns: all }] as const);
  return { tables: new Map(described), migrations: [...workspaceCloudSchema.migrations, THINGS] };
}

function columnOf(name: string, type: CloudType): CloudColumn {
  return { name, type, isNullable: name !== 'id', default: null };
}

const THINGS: CloudMigration = {
  tag: '9000_things',
  up: ['things', 'later']
    .map(
      (name) => `CREATE TABLE app.${name} (workspace_id text NOT NULL, id uuid NOT NULL, name text, size bigint,
        made_at timestamptz, _updated_by text NOT NULL, _updated_at timestamptz NOT NULL, _version bigint NOT NULL,
        _extra jsonb, PRIMARY KEY (workspace_id, id));`,
    )
    .join('\n'),
  down: 'DROP TABLE app.things, app.later;',
};
