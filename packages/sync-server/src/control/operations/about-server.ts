/** What a running server is. */
import { z } from 'zod';
import { readOwnManifest } from '../../own-manifest.ts';
import type { Operation } from '../operation.ts';

export interface AboutServer {
  readonly version: string;
  readonly node: string;
  readonly uptimeMs: number;
  readonly memoryBytes: number;
}

export const aboutServer: Operation<Record<string, never>, never, AboutServer> = {
  name: 'about-server',
  input: z.object({}) as z.ZodType<Record<string, never>>,
  needsLog: false,
  isExclusive: false,
  run: () =>
    Promise.resolve({
      version: readOwnManifest().version,
      node: process.versions.node,
      uptimeMs: Math.round(process.uptime() * 1000),
      memoryBytes: process.memoryUsage.rss(),
    }),
};
