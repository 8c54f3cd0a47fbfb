import { siteIdToHex } from '@tributary/database/changes';
import type { LogEntry } from '@tributary/sync-server';
import type { Pushed, Siege } from './siege.ts';

/**
 * What is wrong with the log after a siege: nothing, if each hostile site has in it just what was acknowledged to it, byte
 * for byte and in order, and besides at most what it did not wait for the answer to.
 */
export function faultsOfLog(siege: Siege, entries: readonly LogEntry[], honest: ReadonlySet<string>): string[] {
  const bySite = new Map<string, Uint8Array[]>();
  for (const { siteId, payload } of entries) {
    const site = siteIdToHex(siteId);
    bySite.set(site, [...(bySite.get(site) ?? []), payload]);
  }
  const strangers = [...bySite.keys()].filter((site) => !honest.has(site) && !siege.pushes.has(site));
  const faults = strangers.map((site) => `nobody knows the site ${site}`);
  for (const [site, pushes] of siege.pushes) {
    const fault = faultOfSite(pushes, bySite.get(site) ?? []);
    if (fault !== undefined) faults.push(`site ${site}: ${fault}`);
  }
  return faults;
}

function faultOfSite(pushes: readonly Pushed[], stored: readonly Uint8Array[]): string | undefined {
  let at = 0;
  for (const { payload, fate } of pushes) {
    const isNext = at < stored.length && Buffer.compare(stored[at] ?? payload, payload) === 0;
    if (fate === 'stored' && !isNext) return `what was acknowledged is not entry ${at + 1} of the site`;
    if (fate !== 'refused' && isNext) at++;
  }
  return at === stored.length ? undefined : `entry ${at + 1} of the site was never acknowledged`;
}

/** How often the relay's own log names each refusal. */
export function refusalsIn(output: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
    const { code } = JSON.parse(line) as { code?: string };
    if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}
