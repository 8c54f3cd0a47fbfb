/** What package.json says of this program. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifestSchema = z.object({ version: z.string(), engines: z.object({ node: z.string() }) });

export type OwnManifest = z.output<typeof manifestSchema>;

export function readOwnManifest(): OwnManifest {
  return manifestSchema.parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));
}
