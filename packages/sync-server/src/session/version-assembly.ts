/**
 * The fragments of one version, until it is complete: it is stored as a whole or not at all. When one fragment is refused,
 * those that are already on their way are passed over in silence, because a version gets one answer.
 */
import { ProtocolError, type BatchPreview } from '@tributary/sync/protocol';

/** What a push is, seen from the pushes before it. */
export type FragmentPlace = 'whole' | 'first' | 'next' | 'passed over';

interface VersionInParts {
  readonly first: BatchPreview;
  readonly isRefused: boolean;
  readonly payloads: Uint8Array[];
  readonly unknownNames: Set<string>;
  nextIndex: number;
  bytes: number;
  changeCount: number;
}

export interface CheckedFragment {
  readonly payload: Uint8Array;
  readonly changeCount: number;
  readonly unknownNames: readonly string[];
}

export type AssembledVersion = Pick<VersionInParts, 'payloads' | 'bytes' | 'changeCount' | 'unknownNames'>;

/** Each is an entry of its own, which costs more than its bytes. */
const MAX_FRAGMENTS = 10_000;

export class VersionAssembly {
  #version: VersionInParts | undefined;

  /** Of the version that is incomplete. */
  get bytes(): number {
    return this.#version?.bytes ?? 0;
  }

  /** Throws `malformed_frame` for what cannot come here. */
  place(header: BatchPreview): FragmentPlace {
    const { fragment } = header;
    if (fragment !== undefined && fragment.count > MAX_FRAGMENTS) {
      throw new ProtocolError('change_refused', `a version in ${fragment.count} fragments, more than ${MAX_FRAGMENTS}`);
    }
    if (fragment === undefined || fragment.index === 0) {
      if (this.#version?.isRefused) this.#version = undefined;
      if (this.#version !== undefined) throw misplaced('a push came between the fragments of a version');
      return fragment === undefined ? 'whole' : 'first';
    }
    const version = this.#version;
    if (version === undefined || !isNextOf(version, header))
      throw misplaced('a fragment does not follow on the one before it');
    if (!version.isRefused) return 'next';
    version.nextIndex++;
    if (version.nextIndex === fragment.count) this.#version = undefined;
    return 'passed over';
  }

  /** Returns the version when this was its last fragment. */
  add(header: BatchPreview, { payload, changeCount, unknownNames }: CheckedFragment): AssembledVersion | undefined {
    const version = (this.#version ??= begin(header, false));
    // A copy: the rest of what arrived with it need not stay in memory.
    version.payloads.push(Uint8Array.from(payload));
    version.bytes += payload.length;
    version.changeCount += changeCount;
    for (const name of unknownNames) version.unknownNames.add(name);
    version.nextIndex++;
    if (version.nextIndex < (header.fragment?.count ?? 1)) return undefined;
    this.#version = undefined;
    return version;
  }

  /** What was kept of the version is dropped, and its other fragments are passed over. */
  refuse(header: BatchPreview): void {
    const { fragment } = header;
    const hasMore = fragment !== undefined && fragment.index + 1 < fragment.count;
    this.#version = hasMore ? { ...begin(header, true), nextIndex: fragment.index + 1 } : undefined;
  }
}

function begin(first: BatchPreview, isRefused: boolean): VersionInParts {
  return { first, isRefused, payloads: [], unknownNames: new Set(), nextIndex: 0, bytes: 0, changeCount: 0 };
}

function isNextOf({ first, nextIndex }: VersionInParts, header: BatchPreview): boolean {
  return (
    header.fragment?.index === nextIndex &&
    header.fragment.count === first.fragment?.count &&
    header.prevVersion === first.prevVersion &&
    header.toVersion === first.toVersion &&
    header.refill === first.refill &&
    header.base === first.base
  );
}

function misplaced(message: string): ProtocolError {
  return new ProtocolError('malformed_frame', message);
}
