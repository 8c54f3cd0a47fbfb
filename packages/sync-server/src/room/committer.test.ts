import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Append, Appended, Log } from '../log/log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Committer, type PendingAppend } from './committer.ts';

/** A log that answers when it is told to. */
function createCommitter() {
  const clock = new FakeClock();
  const story: string[] = [];
  const transactions: { readonly size: number; readonly answer: () => void; readonly fail: () => void }[] = [];
  const append = (appends: readonly Append[]): Promise<Appended[]> =>
    new Promise((resolve, reject) => {
      const answer = (): void => resolve(appends.map((_, index) => ({ seq: index + 1, knownVersion: 0 })));
      transactions.push({ size: appends.length, answer, fail: () => reject(new Error('disk full')) });
    });
  const committer = new Committer({
    log: { append } as unknown as Log,
    clock,
    onCommitted: () => story.push('committed'),
    onFailed: (error) => story.push(`failed: ${(error as Error).message}`),
  });
  const settle = async (): Promise<void> => {
    clock.runDeferred();
    await turn();
  };
  return { committer, story, transactions, settle };
}

function createRoom(name: string, story: string[]) {
  return { publish: () => story.push(`${name} publishes`) };
}

function pending(name: string, story: string[], rest: Partial<PendingAppend> = {}): PendingAppend {
  return {
    append: {} as Append,
    author: {},
    room: createRoom('room', story),
    isObsolete: () => false,
    stored: ({ seq }) => story.push(`${name} is ${seq}`),
    failed: () => story.push(`${name} fails`),
    ...rest,
  };
}

test('a group is stored, told to each, and published once in each room', async () => {
  const { committer, story, transactions, settle } = createCommitter();
  const [home, work] = [createRoom('home', story), createRoom('work', story)];
  committer.add(pending('a', story, { room: home }));
  committer.add(pending('b', story, { room: work }));
  committer.add(pending('c', story, { room: home }));
  await settle();
  expect(transactions.map(({ size }) => size)).toEqual([3]);
  transactions[0]!.answer();
  await settle();
  expect(story).toEqual(['committed', 'a is 1', 'b is 2', 'c is 3', 'home publishes', 'work publishes']);
});

test('is settled when everything added so far has been published, and not before', async () => {
  const { committer, story, transactions, settle } = createCommitter();
  committer.add(pending('a', story));
  const settled = committer.settled().then(() => story.push('settled'));
  await settle();
  committer.add(pending('b', story));
  await settle();
  expect(story).toEqual([]);
  transactions[0]!.answer();
  await settled;
  expect(story).toEqual(['committed', 'a is 1', 'room publishes', 'settled']);
  await settle();
  transactions[1]!.answer();
  await committer.settled();
  expect(story.slice(4)).toEqual(['committed', 'b is 1', 'room publishes']);
  await committer.settled();
});

test('what is obsolete when its turn comes fails without being stored', async () => {
  const { committer, story, transactions, settle } = createCommitter();
  committer.add(pending('old', story, { isObsolete: () => true }));
  await settle();
  await committer.settled();
  expect(transactions).toEqual([]);
  expect(story).toEqual(['old fails']);
});

test('a failed group fails together with what its authors added since', async () => {
  const { committer, story, transactions, settle } = createCommitter();
  const [ann, bob] = [{}, {}];
  committer.add(pending('ann 1', story, { author: ann }));
  await settle();
  committer.add(pending('bob 1', story, { author: bob }));
  committer.add(pending('ann 2', story, { author: ann }));
  transactions[0]!.fail();
  await settle();
  expect(story).toEqual(['ann 1 fails', 'ann 2 fails', 'failed: disk full']);
  await settle();
  expect(transactions[1]!.size).toBe(1);
  transactions[1]!.answer();
  await committer.settled();
  expect(story.slice(3)).toEqual(['committed', 'bob 1 is 1', 'room publishes']);
});

test('goes on after a failure', async () => {
  const { committer, story, transactions, settle } = createCommitter();
  committer.add(pending('a', story));
  await settle();
  transactions[0]!.fail();
  await settle();
  committer.add(pending('b', story));
  await settle();
  transactions[1]!.answer();
  await committer.settled();
  expect(story.slice(2)).toEqual(['committed', 'b is 1', 'room publishes']);
});

test('stopped, it stores nothing more and tells nobody', async () => {
  const { committer, story, transactions, settle } = createCommitter();
  committer.add(pending('a', story));
  await settle();
  committer.add(pending('b', story));
  committer.stop();
  transactions[0]!.answer();
  await settle();
  await settle();
  expect(transactions).toHaveLength(1);
  expect(story).toEqual([]);
});
