/**
 * How much of a plan's bytes its owner has used, in all workspaces together, from memory. What has been counted is read from
 * PostgreSQL now and then; what is stored meanwhile is added here. Both only ever say less than the truth, so the greater of
 * them counts; when nothing has been stored for a while, all is counted, and what was read counts alone.
 */
import type { Quota } from '../auth/gate.ts';
import { bytesText } from '../cli/output/quantities.ts';
import type { AccountPlan } from './subscriptions.ts';
import type { WorkspaceUsage } from './usage.ts';

export interface OwnerReading {
  readonly accountPlan: AccountPlan;
  readonly workspaces: readonly WorkspaceUsage[];
  /** When it was begun, by the clock that is never set back. */
  readonly readAtMs: number;
  /** A later reading has a greater one. */
  readonly number: number;
}

interface Stored {
  bytes: number;
  storedAtMs: number;
}

const FRESH_MS = 30_000;

/** By then the projector has counted what was stored. */
const COUNTED_AFTER_MS = 60_000;

/** From this part of the limit on, an owner may soon be over it, or below it again. */
const NEAR = 0.9;

export class OwnerQuota {
  readonly ownerId: string;
  readonly #uptimeMs: () => number;
  /** Undefined where nothing is known yet: then there is no limit. */
  #reading: OwnerReading | undefined;
  #wantedNumber = 0;
  #workspaces = new Map<string, Stored>();
  #usedBytes = 0;

  constructor(ownerId: string, uptimeMs: () => number) {
    this.ownerId = ownerId;
    this.#uptimeMs = uptimeMs;
  }

  /** Whether it may be asked without reading it anew. */
  get isFresh(): boolean {
    const { number = -1, readAtMs = -Infinity } = this.#reading ?? {};
    return number >= this.#wantedNumber && this.#uptimeMs() - readAtMs < FRESH_MS;
  }

  get workspaceIds(): readonly string[] {
    return [...this.#workspaces.keys()];
  }

  get isOver(): boolean {
    return this.#usedBytes >= this.#limit;
  }

  /** Whether what was read may be otherwise by now, though nobody has said so. */
  isWorthReading(now: number): boolean {
    if (this.#reading === undefined) return true;
    return this.#usedBytes >= this.#limit * NEAR || (this.#reading.accountPlan.until ?? Infinity) <= now;
  }

  has(workspaceId: string): boolean {
    return this.#workspaces.has(workspaceId);
  }

  /** Something has changed: readings before this one are of no use. */
  want(number: number): void {
    this.#wantedNumber = number;
  }

  /** Whether those who were refused before are not any more, or the other way round. */
  take(reading: OwnerReading): boolean {
    const before = this.#reading;
    if (before !== undefined && before.number > reading.number) return false;
    const wasOver = this.isOver;
    const known = this.#workspaces;
    this.#reading = reading;
    this.#workspaces = new Map(
      reading.workspaces.map(({ workspaceId, storedBytes }) => [
        workspaceId,
        this.#newer(known.get(workspaceId), storedBytes),
      ]),
    );
    this.#usedBytes = 0;
    for (const { bytes } of this.#workspaces.values()) this.#usedBytes += bytes;
    return before !== undefined && wasOver !== this.isOver;
  }

  /** As a session of this person sees it, in this workspace. */
  of(workspaceId: string, userId: string): Quota {
    const isOwner = userId === this.ownerId;
    return {
      refusal: () => (this.isOver ? this.#reason(isOwner) : undefined),
      stored: (bytes) => this.#stored(workspaceId, bytes),
    };
  }

  get #limit(): number {
    return this.#reading?.accountPlan.plan.storedBytes ?? Infinity;
  }

  #stored(workspaceId: string, bytes: number): void {
    const stored = this.#workspaces.get(workspaceId);
    if (stored === undefined) return;
    stored.bytes += bytes;
    stored.storedAtMs = this.#uptimeMs();
    this.#usedBytes += bytes;
  }

  #newer(known: Stored | undefined, countedBytes: number): Stored {
    if (known === undefined) return { bytes: countedBytes, storedAtMs: -Infinity };
    const isCounted = this.#uptimeMs() - known.storedAtMs >= COUNTED_AFTER_MS;
    return { bytes: isCounted ? countedBytes : Math.max(known.bytes, countedBytes), storedAtMs: known.storedAtMs };
  }

  #reason(isOwner: boolean): string {
    const label = this.#reading?.accountPlan.plan.label ?? '';
    const numbers = `includes ${bytesText(this.#limit)} and ${bytesText(this.#usedBytes)} are stored`;
    const edits = 'your edits; they stay on this device until then';
    return isOwner
      ? `the plan ${label} ${numbers}: choose another plan to go on syncing ${edits}`
      : `the plan ${label} of the workspace’s owner ${numbers}: the owner has to choose another plan to go on syncing ${edits}`;
  }
}
