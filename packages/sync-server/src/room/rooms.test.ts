import { expect, test } from 'vitest';
import { openSqliteLog } from '../log/sqlite/sqlite-log.ts';
import { silentLogger } from '../logger.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FaultyLog } from '../testing/faulty-log.ts';
import { Committer } from './committer.ts';
import { Rooms } from './rooms.ts';

function createRooms() {
  const log = new FaultyLog(openSqliteLog({ path: ':memory:' }));
  const committer = new Committer({ log, clock: new FakeClock(), onCommitted() {}, onFailed() {} });
  return {
    log,
    rooms: new Rooms({ log, committer, logger: silentLogger, onStored: () => {}, projectedSeq: () => undefined }),
  };
}

test('everybody who enters a workspace is in the same room', async () => {
  const { rooms } = createRooms();
  const [first, second] = await Promise.all([rooms.enter('a'), rooms.enter('a')]);
  expect(first).toBe(second);
  expect(await rooms.enter('b')).not.toBe(first);
  expect(rooms.count).toBe(2);
});

test('a room is there until the last one has left', async () => {
  const { rooms } = createRooms();
  const room = await rooms.enter('a');
  await rooms.enter('a');
  room.release();
  expect(rooms.find('a')).toBe(room);
  room.release();
  expect(rooms.find('a')).toBeUndefined();
  expect(await rooms.enter('a')).not.toBe(room);
});

test('a room that could not be opened is tried again', async () => {
  const { rooms, log } = createRooms();
  const openWorkspace = log.openWorkspace.bind(log);
  log.openWorkspace = () => Promise.reject(new Error('not now'));
  await expect(Promise.all([rooms.enter('a'), rooms.enter('a')])).rejects.toThrow('not now');
  log.openWorkspace = openWorkspace;
  expect((await rooms.enter('a')).head).toBe(0);
  expect(rooms.count).toBe(1);
});
