import type { ReplicaSchema } from '@tributary/database';

export const youngSchema: ReplicaSchema;
export const grownSchema: ReplicaSchema;
