import { create } from '@bufbuild/protobuf';
import { packKey } from '@tributary/database/changes';
import { describe, expect, test } from 'vitest';
import { AckSchema, DeliverSchema } from '../../protocol/gen/tributary_pb.ts';
import { encodeBatch, type Ack, type ClientFrameInit, type Deliver } from '../../protocol/index.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import type { ApplyOutcome, Incoming } from './inbox.ts';
import { Puller } from './puller.ts';

const AUTHOR = new Uint8Array(16).fill(2);
const NOTHING: ApplyOutcome = { pulled: 0, parked: 0, conflicts: [] };
const KILOBYTE = 1024;

describe('entries', () => {
  test('are applied in order, with the mark of their delivery, after others have had their turn', () => {
    const { puller, clock, applied } = open();
    expect(puller.deliver(deliver([entry(1, { knownVersion: 4 }), entry(2)], 77))).toBe(true);
    expect(applied).toEqual([]);
    clock.runAll();
    expect(applied).toHaveLength(1);
    expect(applied[0]).toMatchObject([
      { kind: 'entry', seq: 1, mark: 77, siteId: AUTHOR, knownVersion: 4, isContinued: false },
      { kind: 'entry', seq: 2, mark: 77, knownVersion: 0 },
    ]);
  });

  test('that were applied already are passed over', () => {
    const { puller, clock, seqs } = open({ cursor: 5 });
    expect(puller.deliver(deliver([entry(4), entry(5), entry(6)]))).toBe(true);
    expect(puller.deliver(deliver([entry(6), entry(7)]))).toBe(true);
    clock.runAll();
    expect(seqs()).toEqual([6, 7]);
  });

  test('with a hole between them end it, and nothing behind the hole is applied', () => {
    const { puller, clock, seqs } = open();
    expect(puller.deliver(deliver([entry(1), entry(3)]))).toBe(false);
    clock.runAll();
    expect(seqs()).toEqual([1]);
    expect(puller.deliver(deliver([entry(4)]))).toBe(false);
  });

  test('may be empty, where this session pushed them', () => {
    const { puller, clock, applied } = open();
    puller.deliver(deliver([{ ...entry(1), batch: new Uint8Array(0) }]));
    clock.runAll();
    expect(applied[0]).toMatchObject([{ seq: 1, batch: new Uint8Array(0), isContinued: false }]);
  });

  test('that are no batches are refused as such', () => {
    const { puller } = open();
    expect(() => puller.deliver(deliver([{ ...entry(1), batch: Uint8Array.of(255) }]))).toThrow('batch');
  });
});

describe('acknowledgements', () => {
  test('stand for their entry where that is the next', () => {
    const { puller, clock, applied } = open();
    puller.acknowledge(ack(9, 1));
    expect(puller.deliver(deliver([entry(2)]))).toBe(true);
    clock.runAll();
    expect(applied[0]).toMatchObject([
      { kind: 'ack', toVersion: 9, seq: 1, mark: 5 },
      { kind: 'entry', seq: 2 },
    ]);
  });

  test('out of turn leave the stream as it is', () => {
    const { puller, clock, seqs } = open();
    puller.acknowledge(ack(9, 3));
    expect(puller.deliver(deliver([entry(1), entry(2), entry(3)]))).toBe(true);
    clock.runAll();
    expect(seqs()).toEqual([3, 1, 2, 3]);
  });
});

describe('a transaction', () => {
  test('is of a thousand changes at most, and gives way to others before the next', () => {
    const { puller, clock, applied } = open();
    puller.deliver(deliver([1, 2, 3, 4, 5].map((seq) => entry(seq, { changes: 400 }))));
    const order: number[] = [];
    clock.yield(() => {
      order.push(applied.length);
      clock.yield(() => order.push(applied.length));
    });
    clock.runAll();
    expect(applied.map((items) => items.map(({ seq }) => seq))).toEqual([[1, 2], [3, 4], [5]]);
    expect(order).toEqual([1, 2]);
  });

  test('may be larger where one entry is', () => {
    const { puller, clock, applied } = open();
    puller.deliver(deliver([entry(1, { changes: 3_000 }), entry(2)]));
    clock.runAll();
    expect(applied.map((items) => items.length)).toEqual([1, 1]);
  });

  test('is told afterwards, with what it did', () => {
    const { puller, clock, outcomes } = open();
    puller.deliver(deliver([entry(1)]));
    clock.runAll();
    expect(outcomes).toEqual([{ outcome: NOTHING, seqs: [1] }]);
  });

  test('takes what arrived until its turn came', () => {
    const { puller, clock, applied } = open();
    puller.deliver(deliver([entry(1)]));
    puller.deliver(deliver([entry(2)]));
    puller.acknowledge(ack(9, 3));
    clock.runAll();
    expect(applied.map((items) => items.length)).toEqual([3]);
  });
});

describe('the fragments of a version', () => {
  const fragments = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => entry(from + index, { fragment: { index, count }, changes: 700 }));

  test('wait for the last one, and are applied together however large they are', () => {
    const { puller, clock, applied } = open();
    const [first, second, last] = fragments(1, 3);
    puller.deliver(deliver([first!]));
    puller.deliver(deliver([second!]));
    clock.runAll();
    expect(applied).toEqual([]);
    puller.deliver(deliver([last!]));
    clock.runAll();
    expect(applied.map((items) => items.map(({ seq }) => seq))).toEqual([[1, 2, 3]]);
  });

  test('are not parted by the entries around them', () => {
    const { puller, clock, applied } = open();
    puller.deliver(deliver([entry(1, { changes: 900 }), ...fragments(2, 2), entry(4)]));
    clock.runAll();
    expect(applied.map((items) => items.map(({ seq }) => seq))).toEqual([[1], [2, 3], [4]]);
  });

  test('hold back entries that come behind them, not those before', () => {
    const { puller, clock, seqs } = open();
    puller.deliver(deliver([entry(1), fragments(2, 2)[0]!]));
    clock.runAll();
    expect(seqs()).toEqual([1]);
  });

  test('are not parted by an acknowledgement that arrives between them', () => {
    const { puller, clock, applied } = open();
    const [first, last] = fragments(1, 2);
    puller.deliver(deliver([first!]));
    puller.acknowledge(ack(9, 7));
    clock.runAll();
    expect(applied).toEqual([]);
    puller.deliver(deliver([last!]));
    clock.runAll();
    expect(applied.map((items) => items.map(({ seq }) => seq))).toEqual([[1, 7, 2]]);
  });

  test('are answered as they come: the relay would wait for ever otherwise', () => {
    const { puller, clock, answers } = open();
    const large = (seq: number, index: number) => entry(seq, { fragment: { index, count: 3 }, bytes: 100 * KILOBYTE });
    puller.deliver(deliver([large(1, 0)]));
    puller.deliver(deliver([large(2, 1)]));
    expect(answers()).toEqual([2]);
    puller.deliver(deliver([large(3, 2)]));
    clock.runAll();
    expect(answers()).toEqual([2]);
  });
});

describe('the relay is told that there is room', () => {
  test('whenever 128 KiB have been applied, and not before they are', () => {
    const { puller, clock, answers } = open();
    puller.deliver(deliver([1, 2, 3].map((seq) => entry(seq, { bytes: 50 * KILOBYTE }))));
    expect(answers()).toEqual([]);
    clock.runAll();
    expect(answers()).toEqual([3]);
    puller.deliver(deliver([entry(4, { bytes: 100 * KILOBYTE })]));
    clock.runAll();
    expect(answers()).toEqual([3]);
    puller.deliver(deliver([entry(5, { bytes: 30 * KILOBYTE })]));
    clock.runAll();
    expect(answers()).toEqual([3, 5]);
  });

  test('not for small talk', () => {
    const { puller, clock, answers } = open();
    puller.deliver(deliver(Array.from({ length: 100 }, (_, index) => entry(index + 1))));
    clock.runAll();
    expect(answers()).toEqual([]);
  });
});

describe('the end of a session', () => {
  test('forgets what was not applied', () => {
    const { puller, clock, seqs } = open();
    puller.deliver(deliver([entry(1)]));
    puller.end();
    clock.runAll();
    expect([seqs(), puller.isIdle]).toEqual([[], true]);
  });

  test('is no end of the next one, which begins at its cursor', () => {
    const { puller, clock, seqs } = open();
    puller.deliver(deliver([entry(1), entry(2)]));
    puller.begin(0);
    puller.deliver(deliver([entry(1)]));
    clock.runAll();
    expect(seqs()).toEqual([1]);
    puller.begin(7);
    expect(puller.deliver(deliver([entry(8)]))).toBe(true);
    clock.runAll();
    expect(seqs()).toEqual([1, 8]);
  });

  test('may come from what is told of a transaction', () => {
    const { puller, clock, seqs, answers, onApplied } = open();
    onApplied(() => puller.end());
    puller.deliver(deliver([entry(1, { changes: 900, bytes: 200 * KILOBYTE }), entry(2, { changes: 900 })]));
    clock.runAll();
    expect([seqs(), answers()]).toEqual([[1], []]);
  });

  test('begins a new count of what was not answered', () => {
    const { puller, clock, answers } = open();
    puller.deliver(deliver([entry(1, { bytes: 100 * KILOBYTE })]));
    clock.runAll();
    puller.begin(1);
    puller.deliver(deliver([entry(2, { bytes: 100 * KILOBYTE })]));
    clock.runAll();
    expect(answers()).toEqual([]);
  });
});

describe('a transaction that fails', () => {
  test('is told, and neither answered nor tried again by itself', () => {
    const { puller, clock, failures, answers, outcomes, failWith } = open();
    failWith(new Error('disk full'));
    puller.deliver(deliver([entry(1, { bytes: 200 * KILOBYTE })]));
    clock.runAll();
    expect([failures.length, outcomes, answers(), puller.isIdle]).toEqual([1, [], [], false]);
    expect(failures[0]).toMatchObject({ message: 'disk full' });
  });

  test('is followed by nothing', () => {
    const { puller, clock, applied, failWith } = open();
    failWith(new Error('no'));
    puller.deliver(deliver([entry(1, { changes: 900 }), entry(2, { changes: 900 })]));
    clock.runAll();
    expect(applied).toEqual([]);
  });
});

test('it is idle exactly while nothing waits', () => {
  const { puller, clock } = open();
  expect(puller.isIdle).toBe(true);
  puller.deliver(deliver([entry(1)]));
  expect(puller.isIdle).toBe(false);
  clock.runAll();
  expect(puller.isIdle).toBe(true);
});

function open({ cursor = 0 } = {}) {
  const clock = new ManualClock();
  const applied: (readonly Incoming[])[] = [];
  const outcomes: { outcome: ApplyOutcome; seqs: number[] }[] = [];
  const failures: unknown[] = [];
  const frames: ClientFrameInit[] = [];
  let failure: Error | undefined;
  let afterwards = () => {};
  const puller = new Puller(clock, {
    send: (frame) => void frames.push(frame),
    apply: (items) => {
      if (failure) throw failure;
      applied.push(items);
      return NOTHING;
    },
    applied: (outcome, items) => {
      outcomes.push({ outcome, seqs: items.map(({ seq }) => seq) });
      afterwards();
    },
    failed: (error) => void failures.push(error),
  });
  puller.begin(cursor);
  return {
    puller,
    clock,
    applied,
    outcomes,
    failures,
    seqs: () => applied.flat().map(({ seq }) => seq),
    answers: () => frames.flatMap((frame) => (frame.case === 'received' ? [Number(frame.value.seq)] : [])),
    failWith: (error: Error) => void (failure = error),
    onApplied: (run: () => void) => void (afterwards = run),
  };
}

interface EntryOptions {
  readonly changes?: number;
  readonly bytes?: number;
  readonly knownVersion?: number;
  readonly fragment?: { readonly index: number; readonly count: number };
}

function entry(seq: number, { changes = 1, bytes = 0, knownVersion = 0, fragment }: EntryOptions = {}) {
  const batch = encodeBatch({
    prevVersion: 0,
    toVersion: 1,
    base: 0,
    refill: false,
    fragment,
    changes: Array.from({ length: changes }, (_, index) => ({
      table: 'notes',
      pk: packKey([BigInt(index)]),
      cid: 'data',
      val: index === 0 ? noise(bytes) : null,
      colVersion: 1,
      dbVersion: 1,
      siteId: AUTHOR,
      cl: 1,
      seq: index,
    })),
  });
  return { seq: BigInt(seq), siteId: AUTHOR, knownVersion: BigInt(knownVersion), batch };
}

/** So that no deflating makes them fewer. */
function noise(bytes: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: bytes }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24);
}

function deliver(entries: readonly ReturnType<typeof entry>[], mark = 5): Deliver {
  return create(DeliverSchema, { entries: [...entries], mark });
}

function ack(toVersion: number, seq: number): Ack {
  return create(AckSchema, { toVersion: BigInt(toVersion), seq: BigInt(seq), mark: 5 });
}
