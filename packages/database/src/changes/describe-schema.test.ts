import { expect, test } from 'vitest';
import { openReplica } from '../replica/open-replica.ts';
import { workspaceSchema } from '../schema/workspace.ts';
import { describeReplicatedTable } from './replicated-table.ts';
import { describeSchema } from './describe-schema.ts';

test('says of the workspace what a migrated database says', () => {
  const replica = openReplica({ path: ':memory:', engine: 'wasm' });
  const described = describeSchema(workspaceSchema);
  expect([...described.keys()].sort()).toEqual([...workspaceSchema.replicated].sort());
  for (const [name, table] of described) expect(table).toEqual(describeReplicatedTable(replica.sqlite, name));
  replica.close();
});
