import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type ClientFrameInit } from '../../protocol/index.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import type { SyncPosition } from '../sync-store.ts';
import type { NextBatches, OutgoingBatch } from './outbox.ts';
import { Pusher, type PushTerms } from './pusher.ts';

const KILOBYTE = 1024;
const TERMS: PushTerms = { limits: DEFAULT_LIMITS, mayPush: true, isInDoubt: () => false };

describe('own edits', () => {
  test('are sent from the push cursor on, one after another, until there are no more', () => {
    const { pusher, clock, sent } = open({ pushCursor: 2, edits: [1, 2, 3, 4, 5] });
    pusher.begin(TERMS);
    pusher.push();
    clock.runAll();
    expect(sent()).toEqual(['2→3', '3→4', '4→5']);
    expect(pusher.hasPending).toBe(true);
  });

  test('are pending until they are acknowledged and that is recorded', () => {
    const { pusher, clock, store, begin } = open({ edits: [1, 2] });
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    pusher.acknowledged(2);
    expect(pusher.hasPending).toBe(true);
    store.position.pushCursor = 2;
    pusher.recorded(2);
    expect(pusher.hasPending).toBe(false);
  });

  test('that are made later are sent later, behind what was sent', () => {
    const { pusher, clock, edits, sent, begin } = open({ edits: [1] });
    begin();
    clock.runAll();
    edits.push(2);
    pusher.push();
    expect(sent()).toEqual(['0→1']);
    pusher.edited();
    pusher.push();
    clock.runAll();
    expect(sent()).toEqual(['0→1', '1→2']);
  });

  test('follow on what was sent last, whatever was stepped over since', () => {
    const { pusher, clock, edits, sent, begin } = open({ edits: [1] });
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    pusher.skipTo(7);
    edits.push(8);
    pusher.edited();
    pusher.push();
    expect(sent()).toEqual(['0→1', '1→8']);
  });

  test('that are none leave nothing pending', () => {
    const { pusher, sent, begin } = open({ edits: [] });
    expect(pusher.hasPending).toBe(true);
    begin();
    expect([sent(), pusher.hasPending]).toEqual([[], false]);
  });

  test('are not sent without a session', () => {
    const { pusher, clock, sent, begin } = open({ edits: [1] });
    pusher.push();
    begin();
    pusher.end();
    pusher.edited();
    pusher.push();
    clock.runAll();
    expect(sent()).toEqual(['0→1']);
  });

  test('are sent a frame for each fragment, and acknowledged together', () => {
    const { pusher, begin, frames, outbox, store } = open({ edits: [] });
    outbox.next = (after) =>
      after === 0
        ? { kind: 'batches', upTo: 1, batches: [batchOf(1, [10, 10, 10])] }
        : { kind: 'drained', upTo: after };
    begin();
    expect(frames).toHaveLength(3);
    pusher.push();
    pusher.acknowledged(1);
    store.position.pushCursor = 1;
    pusher.recorded(1);
    expect(pusher.hasPending).toBe(false);
  });
});

describe('the window', () => {
  test('is so many bytes; the next are sent when there is room', () => {
    const { pusher, clock, sent, begin } = open({ edits: [1, 2, 3, 4, 5], bytes: 400 * KILOBYTE });
    begin();
    clock.runAll();
    expect(sent()).toEqual(['0→1', '1→2', '2→3']);
    pusher.acknowledged(1);
    clock.runAll();
    expect(sent()).toEqual(['0→1', '1→2', '2→3', '3→4']);
    pusher.acknowledged(4);
    clock.runAll();
    expect(sent()).toHaveLength(5);
  });

  test('gives way to others between one read and the next', () => {
    const { clock, sent, begin } = open({ edits: [1, 2, 3] });
    const order: string[] = [];
    begin();
    clock.yield(() => order.push(`other after ${sent().length}`));
    clock.runAll();
    expect(order).toEqual(['other after 2']);
    expect(sent()).toHaveLength(3);
  });

  test('of the next session is empty, and begins at the push cursor again', () => {
    const { pusher, clock, sent, store, begin } = open({ edits: [1, 2, 3, 4], bytes: 400 * KILOBYTE });
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    store.position.pushCursor = 1;
    pusher.recorded(1);
    pusher.end();
    sent().splice(0);
    begin();
    clock.runAll();
    expect(sent().slice(-3)).toEqual(['1→2', '2→3', '3→4']);
  });
});

describe('a session that ends', () => {
  test('takes acknowledgements with it that were not recorded: their edits are sent again', () => {
    const { pusher, clock, sent, begin } = open({ edits: [1] });
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    pusher.end();
    expect(pusher.hasPending).toBe(true);
    begin();
    clock.runAll();
    expect(sent()).toEqual(['0→1', '0→1']);
  });

  test('with nothing pending leaves nothing to be sent again', () => {
    const { pusher, clock, sent, store, begin } = open({ edits: [1] });
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    store.position.pushCursor = 1;
    pusher.recorded(1);
    pusher.end();
    begin();
    clock.runAll();
    expect([sent(), pusher.hasPending]).toEqual([['0→1'], false]);
  });

  test('takes what was asked for in it, too', () => {
    const { pusher, clock, sent, begin } = open({ edits: [1, 2] });
    begin();
    pusher.end();
    pusher.acknowledged(1);
    clock.runAll();
    expect(sent()).toEqual(['0→1']);
  });
});

describe('while it is not known which edits arrived', () => {
  test('nothing is sent, until the stream has told', () => {
    const { pusher, sent } = open({ edits: [1] });
    let isInDoubt = true;
    pusher.begin({ ...TERMS, isInDoubt: () => isInDoubt });
    pusher.push();
    expect(sent()).toEqual([]);
    isInDoubt = false;
    pusher.push();
    expect(sent()).toEqual(['0→1']);
  });
});

describe('a rejection', () => {
  test('sends everything that was not stored again, after the pause', () => {
    const { pusher, clock, sent, store, begin } = open({ edits: [1, 2, 3] });
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    store.position.pushCursor = 1;
    pusher.recorded(1);
    pusher.rejected(500);
    sent();
    clock.advance(499);
    expect(sent()).toHaveLength(3);
    clock.advance(1);
    clock.runAll();
    expect(sent().slice(3)).toEqual(['1→2', '2→3']);
  });

  test('of each of several pushes sends them again once', () => {
    const { pusher, clock, sent, begin } = open({ edits: [1, 2, 3] });
    begin();
    clock.runAll();
    for (let push = 0; push < 3; push++) pusher.rejected(500);
    clock.runAll();
    expect(sent().slice(3)).toEqual(['0→1', '1→2', '2→3']);
  });

  test('is given the longest of the pauses that were asked for', () => {
    const { pusher, clock, sent, begin } = open({ edits: [1, 2] });
    begin();
    clock.runAll();
    pusher.rejected(5_000);
    pusher.rejected(250);
    clock.advance(4_999);
    expect(sent()).toHaveLength(2);
    clock.advance(1);
    clock.runAll();
    expect(sent()).toHaveLength(4);
  });

  test('does not send again what was acknowledged meanwhile, recorded or not', () => {
    const { pusher, clock, sent, begin } = open({ edits: [1, 2] });
    begin();
    clock.runAll();
    pusher.rejected(500);
    pusher.acknowledged(1);
    clock.advance(500);
    clock.runAll();
    expect(sent().slice(2)).toEqual(['1→2']);
  });

  test('that comes before an acknowledgement is recorded does not send its edit on top of itself', () => {
    const { pusher, clock, sent, store, begin } = open({ edits: [1, 2] });
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    pusher.rejected(500);
    store.position.pushCursor = 1;
    pusher.recorded(1);
    clock.advance(500);
    clock.runAll();
    expect(sent().slice(2)).toEqual(['1→2']);
  });

  test('holds back edits that are made meanwhile', () => {
    const { pusher, clock, edits, sent, begin } = open({ edits: [1] });
    begin();
    clock.runAll();
    pusher.rejected(500);
    edits.push(2);
    pusher.edited();
    pusher.push();
    clock.advance(499);
    expect(sent()).toEqual(['0→1']);
    clock.advance(1);
    clock.runAll();
    expect(sent()).toEqual(['0→1', '0→1', '1→2']);
  });

  test('pauses no longer because the time of day is set back, nor for ever because a timer is early', () => {
    const clock = new EarlyClock();
    const { pusher, sent, begin } = open({ edits: [1], clock });
    begin();
    clock.runAll();
    pusher.rejected(500);
    clock.setNow(0);
    clock.advance(600);
    expect(sent()).toEqual(['0→1', '0→1']);
  });

  test('pauses its own session only', () => {
    const { pusher, clock, sent, begin } = open({ edits: [1] });
    begin();
    clock.runAll();
    pusher.rejected(60_000);
    pusher.end();
    begin();
    expect(sent()).toEqual(['0→1', '0→1']);
    clock.advance(120_000);
    expect(sent()).toHaveLength(2);
  });

  test('without a session is nothing', () => {
    const { pusher, clock } = open({ edits: [1] });
    pusher.rejected(500);
    expect(clock.pending).toBe(0);
  });
});

describe('an edit that cannot be sent', () => {
  test('blocks with its reason, and is asked for again after the next edit', () => {
    const { pusher, outbox, begin, changes, sent, edits } = open({ edits: [1] });
    const { next } = outbox;
    outbox.next = () => ({ kind: 'unsendable', reason: 'too large' });
    begin();
    expect([pusher.blockedReason, pusher.hasPending]).toEqual(['too large', true]);
    expect(changes()).toBeGreaterThan(0);
    outbox.next = next;
    pusher.push();
    expect(sent()).toEqual([]);
    edits.splice(0, 1, 2);
    pusher.edited();
    pusher.push();
    expect([pusher.blockedReason, sent()]).toEqual([undefined, ['0→2']]);
  });

  test('is tried again when somebody asks', () => {
    const { pusher, begin, sent } = open({ edits: [1] });
    pusher.block('you may not');
    begin();
    expect(sent()).toEqual([]);
    pusher.unblock();
    pusher.push();
    expect(sent()).toEqual(['0→1']);
  });
});

describe('somebody who may not push', () => {
  test('is blocked by the first edit, and by nothing before it', () => {
    const { pusher, edits, sent } = open({ edits: [] });
    pusher.begin({ ...TERMS, mayPush: false });
    pusher.push();
    expect([pusher.blockedReason, pusher.hasPending]).toEqual([undefined, false]);
    edits.push(1);
    pusher.edited();
    pusher.push();
    expect([pusher.blockedReason, pusher.hasPending, sent()]).toEqual([expect.any(String), true, []]);
  });
});

describe('the turn to refill', () => {
  test('sends what the log lacks, says when that is all, and goes on with own edits', () => {
    const { pusher, clock, edits, frames, refill, begin } = open({ edits: [1] });
    refill.batches = [[batchOf(9, [10])], [batchOf(9, [10]), batchOf(9, [10])]];
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    pusher.beginRefill();
    edits.push(2);
    pusher.edited();
    clock.runAll();
    expect(rangesOf(frames)).toEqual(['0→1', '0→9', '0→9', '0→9']);
    for (let ack = 0; ack < 3; ack++) pusher.acknowledged(0);
    clock.runAll();
    expect(frames.map(({ case: kind }) => kind).slice(4)).toEqual(['refilled', 'push']);
    expect([refill.restarts, refill.finishes, rangesOf(frames).at(-1)]).toEqual([1, 1, '1→2']);
  });

  test('is not over before the last of it is acknowledged', () => {
    const { pusher, clock, frames, refill, begin } = open({ edits: [] });
    refill.batches = [[batchOf(9, [10])]];
    begin();
    pusher.beginRefill();
    clock.runAll();
    expect([frames.at(-1)?.case, refill.finishes]).toEqual(['push', 0]);
    pusher.acknowledged(0);
    clock.runAll();
    expect([frames.at(-1)?.case, refill.finishes]).toEqual(['refilled', 1]);
  });

  test('with nothing to send is over at once', () => {
    const { pusher, frames, begin } = open({ edits: [] });
    begin();
    pusher.beginRefill();
    expect(frames).toEqual([{ case: 'refilled', value: {} }]);
  });

  test('keeps to the window', () => {
    const { pusher, clock, frames, refill, begin } = open({ edits: [] });
    refill.batches = Array.from({ length: 5 }, () => [batchOf(9, [600 * KILOBYTE])]);
    begin();
    pusher.beginRefill();
    clock.runAll();
    expect(frames).toHaveLength(2);
    pusher.acknowledged(0);
    clock.runAll();
    expect(frames).toHaveLength(3);
  });

  test('begins again after a rejection', () => {
    const { pusher, clock, frames, refill, begin } = open({ edits: [] });
    refill.batches = [[batchOf(9, [10])]];
    begin();
    pusher.beginRefill();
    clock.runAll();
    pusher.rejected(500);
    clock.runAll();
    pusher.acknowledged(0);
    expect([refill.restarts, frames.map(({ case: kind }) => kind)]).toEqual([2, ['push', 'push', 'refilled']]);
  });

  test('ends with its session', () => {
    const { pusher, clock, sent, refill, frames, begin } = open({ edits: [1] });
    refill.batches = [[batchOf(9, [10])]];
    begin();
    clock.runAll();
    pusher.acknowledged(1);
    pusher.beginRefill();
    pusher.end();
    frames.splice(0);
    begin();
    clock.runAll();
    expect([sent(), refill.finishes]).toEqual([['0→1'], 0]);
  });

  test('makes nothing pending: it is not one’s own', () => {
    const { pusher, clock, refill, begin } = open({ edits: [] });
    refill.batches = [[batchOf(9, [10])]];
    begin();
    clock.runAll();
    pusher.beginRefill();
    clock.runAll();
    expect(pusher.hasPending).toBe(false);
  });
});

interface Scene {
  readonly edits: number[];
  readonly pushCursor?: number;
  /** Of each batch. */
  readonly bytes?: number;
  readonly clock?: ManualClock;
}

/** A pusher over own versions, each a batch of its own. */
function open({ edits, pushCursor = 0, bytes = 10, clock = new ManualClock() }: Scene) {
  const frames: ClientFrameInit[] = [];
  const store = { position: { pushCursor } as { -readonly [Key in keyof SyncPosition]: SyncPosition[Key] } };
  const outbox = { next: nextOf(edits, bytes) };
  const refill = new FakeRefill();
  let changes = 0;
  const pusher = new Pusher({
    outbox: { next: (after, sentVersion, limits) => outbox.next(after, sentVersion, limits) },
    refill,
    store,
    clock,
    send: (frame) => void frames.push(frame),
    changed: () => void changes++,
  });
  const begin = () => {
    pusher.begin(TERMS);
    pusher.push();
  };
  return {
    pusher,
    clock,
    edits,
    store,
    outbox,
    refill,
    frames,
    begin,
    changes: () => changes,
    sent: () => rangesOf(frames),
  };
}

function nextOf(
  edits: readonly number[],
  bytes: number,
): (after: number, sentVersion: number, limits: unknown) => NextBatches {
  return (after, sentVersion) => {
    const version = edits.find((edit) => edit > after);
    if (version === undefined) return { kind: 'drained', upTo: Math.max(after, ...edits) };
    return { kind: 'batches', upTo: version, batches: [batchOf(version, [bytes], sentVersion)] };
  };
}

/** The first bytes say where it begins and ends. */
function batchOf(toVersion: number, sizes: readonly number[], prevVersion = 0): OutgoingBatch {
  const frames = sizes.map((size) => {
    const frame = new Uint8Array(size);
    frame.set([prevVersion, toVersion]);
    return frame;
  });
  return { toVersion, changeCount: 1, frames };
}

function rangesOf(frames: readonly ClientFrameInit[]): string[] {
  return frames.flatMap((frame) =>
    frame.case === 'push' ? [`${frame.value.batch?.[0]}→${frame.value.batch?.[1]}`] : [],
  );
}

class FakeRefill {
  batches: OutgoingBatch[][] = [];
  restarts = 0;
  finishes = 0;
  #next = 0;

  restart(): void {
    this.restarts++;
    this.#next = 0;
  }

  next(): OutgoingBatch[] | undefined {
    return this.batches[this.#next++];
  }

  finish(): void {
    this.finishes++;
  }
}

/** As platforms do now and then. */
class EarlyClock extends ManualClock {
  override setTimeout(callback: () => void, delayMs: number): () => void {
    return super.setTimeout(callback, delayMs > 1 ? delayMs - 1 : delayMs);
  }
}
