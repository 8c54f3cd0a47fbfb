import type { CloudSchema, CloudTable } from '@tributary/database/cloud';

export const SIM_CLOUD_TABLES: readonly CloudTable[];
export const simCloudSchema: CloudSchema;
