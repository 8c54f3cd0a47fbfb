import { decodeServerFrame } from '@tributary/sync/protocol';
import { describe, expect, test } from 'vitest';
import { site } from '../testing/test-batches.ts';
import { Delivery, deliverParts, type CommittedPush, type StreamPart } from './delivery.ts';
import type { RoomMember } from './room-member.ts';

const [ann, bob, cleo] = ['ann', 'bob', 'cleo'].map((userId) => ({ userId }) as RoomMember) as [
  RoomMember,
  RoomMember,
  RoomMember,
];

function push(author: RoomMember, seq: number, fragments = 1): CommittedPush {
  const payloads = Array.from({ length: fragments }, () => new Uint8Array(100).fill(7));
  return { author, siteId: site(1), toVersion: seq * 10, refill: false, knownVersion: 0, payloads, seq };
}

function tell(parts: readonly StreamPart[]): string[] {
  return parts.map(({ frame, seq, bytes }) => {
    const { case: kind, value } = decodeServerFrame(frame);
    if (kind !== 'deliver') return `${kind} ${seq}`;
    return `${value.entries.map((entry) => `${entry.seq}${entry.batch.length > 0 ? '' : '-'}`).join()} of ${bytes}`;
  });
}

describe('what was committed together', () => {
  const delivery = new Delivery([push(ann, 1), push(bob, 2), push(ann, 4, 2), push(bob, 5)], 9);

  test('is one frame for those who pushed nothing of it, and the same one for all of them', () => {
    expect(tell(delivery.partsFor(cleo))).toEqual(['1,2,3,4,5 of 500']);
    expect(delivery.partsFor(cleo)).toBe(delivery.partsFor({ userId: 'dora' } as RoomMember));
  });

  test('is broken for an author at each of its own pushes', () => {
    expect(tell(delivery.partsFor(ann))).toEqual(['ack 1', '2,3- of 100', 'ack 4', '5 of 100']);
    expect(tell(delivery.partsFor(bob))).toEqual(['1 of 100', 'ack 2', '3,4 of 200', 'ack 5']);
  });

  test('has Acks of its own for an author who is not live', () => {
    expect(tell(delivery.acksFor(ann))).toEqual(['ack 1', 'ack 4']);
    expect(tell(delivery.acksFor(ann, 1))).toEqual(['ack 4']);
    expect(delivery.acksFor(cleo)).toEqual([]);
  });

  test('ends at its last entry', () => {
    expect(delivery.last).toBe(5);
    expect(delivery.partsFor(ann).at(-1)?.seq).toBe(5);
  });

  test('may have any number of fragments', () => {
    const many = new Delivery([push(ann, 200_000, 200_000), push(bob, 200_001)], 9);
    expect(many.partsFor(bob).at(-1)?.seq).toBe(200_001);
    expect(many.partsFor(cleo)).toHaveLength(401);
  });
});

describe('frames of entries', () => {
  const entries = (...sizes: number[]) =>
    sizes.map((size, index) => ({ seq: index + 1, siteId: site(1), knownVersion: 0, payload: new Uint8Array(size) }));

  test('hold so many bytes, and a larger entry alone', () => {
    const parts = deliverParts(entries(200_000, 60_000, 10_000, 900_000, 1), 1);
    expect(parts.map(({ seq, bytes }) => [seq, bytes])).toEqual([
      [2, 260_000],
      [3, 10_000],
      [4, 900_000],
      [5, 1],
    ]);
  });

  test('are none for no entries', () => {
    expect(deliverParts([], 1)).toEqual([]);
  });
});
