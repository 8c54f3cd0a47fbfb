import type { ReplicaSchema } from '@tributary/database';

export const EDITED_TABLES: readonly string[];
export const simSchema: ReplicaSchema;
