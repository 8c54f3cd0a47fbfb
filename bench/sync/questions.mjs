/**
 * What is asked, in groups that share a server and its clients: who answers, what the figures are called, and what they
 * should be. A bound `atMost` or `atLeast` is on the median, `ratioAtMost` on how it compares to the reference's.
 */
const UNBOUNDED = { perSecond: 1_000_000_000, burst: 1_000_000_000 };

export const questions = [
  {
    letters: ['A', 'F', 'B'],
    workload: 'pair',
    contenders: ({ reference, durableReference, ours }) => [reference, durableReference, ...ours],
    tables: [
      {
        letter: 'A',
        title: 'edit -> seen (2,000 x 5 dataset, 300 samples per round)',
        columns: { 'p50 ms': { ratioAtMost: 4 }, 'p99 ms': {} },
      },
      {
        letter: 'F',
        title: 'bytes, client -> server',
        columns: {
          'one edit': { atMost: 60 },
          'one edit, UUID key': { atMost: 60 },
          'per change of 100': {},
          'per change of 5,000': { atMost: 14 },
        },
      },
      {
        letter: 'B',
        title: 'burst (10,000 edits, 100 per transaction, until the other client has all)',
        columns: { 'edits/s': { atLeast: 40_000 } },
      },
    ],
  },
  {
    letters: ['C'],
    workload: 'fan-out',
    contenders: ({ reference, durableReference, ours }) => [reference, durableReference, ...ours],
    tables: [
      {
        letter: 'C',
        title: 'fan-out, one writer -> the last of so many readers (200 x 5 dataset, 50 samples per round)',
        columns: {
          '1 p50 ms': {},
          '10 p50 ms': {},
          '100 p50 ms': { ratioAtMost: 1.5 },
          '100 p99 ms': {},
          '1,000 p50 ms': {},
        },
      },
    ],
  },
  {
    letters: ['D'],
    workload: 'idle',
    contenders: ({ reference, ours }) => [reference, { ...ours[0], name: 'relay' }],
    tables: [
      {
        letter: 'D',
        title: 'growth of the server per idle client (100 x 5 dataset, after gc)',
        columns: {
          '500 RSS KiB': { atMost: 25 },
          '500 heap KiB': {},
          '5,000 RSS KiB': { atMost: 25 },
          '5,000 heap KiB': {},
          'each further one, RSS KiB': {},
        },
      },
    ],
  },
  {
    letters: ['E'],
    workload: 'cold',
    /** The server is filled once, and idle between the rounds. */
    loadedBy: 'load-cold',
    contenders: ({ reference, ours }) => [reference, ...ours],
    tables: [
      {
        letter: 'E',
        title: 'cold device (20,000 x 5 = 100,000 cells), until complete',
        columns: {
          ms: { atMost: 1_000 },
          'bytes received': {},
          'cells/s': {},
          'share of apply rate': { atLeast: 0.8 },
        },
      },
    ],
  },
  {
    letters: ['G'],
    workload: 'ingest',
    contenders: ({ relay }) => [
      { ...relay, server: { limits: { frameRate: UNBOUNDED, userByteRate: UNBOUNDED, userChangeRate: UNBOUNDED } } },
    ],
    tables: [
      {
        letter: 'G',
        title: 'one relay, 4 writers: checked, stored, flushed and acknowledged',
        columns: {
          '1: pushes/s': {},
          '100: pushes/s': {},
          '100: changes/s': { atLeast: 150_000 },
          '1,000: pushes/s': {},
          '1,000: changes/s': {},
          '100, one workspace: changes/s': {},
        },
      },
    ],
  },
];
