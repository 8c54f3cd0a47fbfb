/** What hostile people do, each on a connection of its own. */
import type { SeededRandom } from '@tributary/database/testing';
import { encodeClientFrame, readBatchHeader } from '@tributary/sync/protocol';
import { goodBatch, hostileChange } from './batches.ts';
import { uselessHello } from './credentials.ts';
import { damagedFrame } from './frames.ts';
import { OPCODE, type HostileSocket } from './hostile-socket.ts';
import { randomBytes } from './mutate.ts';
import { poisonedBatch, zipBomb } from './poison.ts';
import { payloadOf, type Pushed, type Siege } from './siege.ts';

export type Attack = (siege: Siege, random: SeededRandom) => Promise<void>;

/** Before Hello: everything but a good one ends it. */
export const greetWrongly: Attack = async (siege, random) => {
  const socket = siege.connect();
  if (random.chance(0.1)) socket.message(Buffer.from(random.pick(['', 'hello', '{}'])), OPCODE.text);
  else if (random.chance(0.4)) socket.send({ case: 'hello', value: uselessHello(siege.credentials, random) });
  else socket.message(damagedFrame(siege.hello(random), random));
  siege.inputs++;
  // A Hello may have been damaged where it does not matter.
  await socket.until(() => socket.count('welcome') > 0);
  siege.ended(socket);
};

/** Between Hello and Welcome, where nothing may come. */
export const speakTooEarly: Attack = async (siege, random) => {
  const hello = siege.hello(random);
  const socket = siege.connect();
  socket.send({ case: 'hello', value: hello });
  socket.message(damagedFrame(hello, random));
  siege.inputs++;
  await socket.untilClosed();
  siege.ended(socket);
};

const MESSAGES_OF_A_SESSION = 40;

/** In a session: damaged frames of every kind, until one ends it. */
export const misbehave: Attack = async (siege, random) => {
  const hello = siege.hello(random);
  const socket = await siege.join(hello);
  for (let sent = 0; sent < MESSAGES_OF_A_SESSION && socket.closed === undefined; sent++) {
    const message = damagedFrame(hello, random);
    const payload = payloadOf(message);
    siege.inputs++;
    if (payload === undefined) {
      socket.message(message);
      await pong(socket, sent);
    } else {
      await push(socket, siege.pushed(hello.siteId, payload), message);
    }
  }
  siege.ended(socket);
};

/** In a session: one batch that is whole, and must not be stored. */
export const poison: Attack = async (siege, random) => {
  const hello = siege.hello(random);
  const socket = await siege.join(hello);
  const batch = random.chance(0.02) ? zipBomb(random) : poisonedBatch(hello.siteId, random);
  siege.inputs++;
  siege.pushed(hello.siteId, batch, 'refused');
  socket.send({ case: 'push', value: { batch } });
  await socket.untilClosed();
  siege.ended(socket);
};

const PUSHES = 50;

/** Good batches of somebody who may only read. */
export const pushAsViewer: Attack = (siege, random) =>
  pushInVain(siege, random, {
    token: random.pick(siege.credentials.viewers),
    batch: (siteId, index) => goodBatch(siteId, index),
  });

/** Good batches that do not follow on one another. */
export const leaveHoles: Attack = async (siege, random) => {
  const hello = siege.hello(random);
  const socket = await siege.join(hello);
  const first = goodBatch(hello.siteId, 0);
  await push(socket, siege.pushed(hello.siteId, first), encodeClientFrame({ case: 'push', value: { batch: first } }));
  for (let index = 0; index < PUSHES; index++)
    sendRefused(siege, socket, hello.siteId, goodBatch(hello.siteId, 2 + index));
  await socket.until(() => socket.count('reject') === PUSHES);
  siege.ended(socket);
};

/** What others are said to have written, from somebody whom nobody asked. */
export const refillUnasked: Attack = (siege, random) =>
  pushInVain(siege, random, {
    token: random.pick(siege.credentials.editors),
    batch: (siteId) => goodBatch(siteId, 0, { refill: true, changes: [hostileChange(randomBytes(random, 16))] }),
  });

interface VainPushes {
  readonly token: string;
  readonly batch: (siteId: Uint8Array, index: number) => Uint8Array;
}

async function pushInVain(siege: Siege, random: SeededRandom, { token, batch }: VainPushes): Promise<void> {
  const hello = siege.hello(random, token);
  const socket = await siege.join(hello);
  for (let index = 0; index < PUSHES; index++) sendRefused(siege, socket, hello.siteId, batch(hello.siteId, index));
  await socket.until(() => socket.count('reject') === PUSHES);
  siege.ended(socket);
}

function sendRefused(siege: Siege, socket: HostileSocket, siteId: Uint8Array, batch: Uint8Array): void {
  siege.inputs++;
  siege.pushed(siteId, batch, 'refused');
  socket.send({ case: 'push', value: { batch } });
}

const NAMES = 20;

/** New columns, for as long as the workspace has room for any. */
export const floodWithNames: Attack = async (siege, random) => {
  const hello = siege.hello(random);
  const socket = await siege.join(hello);
  const changes = Array.from({ length: NAMES }, (_, seq) =>
    hostileChange(hello.siteId, { cid: `flood_${random.below(1e9)}`, seq }),
  );
  const batch = goodBatch(hello.siteId, 0, { changes });
  siege.inputs++;
  await push(socket, siege.pushed(hello.siteId, batch), encodeClientFrame({ case: 'push', value: { batch } }));
  siege.ended(socket);
};

/** Good frames, more than anybody needs, and lies about what was received. */
export const babble: Attack = async (siege, random) => {
  const socket = await siege.join(siege.hello(random));
  for (let count = 0; count < 25; count++) {
    socket.send({
      case: 'presence',
      value: { state: randomBytes(random, random.below(4_000)), userId: 'somebody else' },
    });
    socket.send({ case: 'received', value: { seq: random.pick([0n, 1n, 2n ** 53n, 2n ** 64n - 1n]) } });
    socket.send({ case: 'refilled', value: {} });
    siege.inputs += 3;
  }
  await pong(socket, 1);
  if (random.chance(0.5)) socket.send({ case: 'presence', value: { state: randomBytes(random, 5_000) } });
  else socket.send({ case: 'hello', value: siege.hello(random) });
  siege.inputs++;
  await socket.untilClosed();
  siege.ended(socket);
};

/** In the place of a token that is about to expire. */
export const renewWrongly: Attack = async (siege, random) => {
  const socket = await siege.join(siege.hello(random, siege.credentials.editors[0]));
  const token = random.chance(0.2) ? siege.credentials.editors[1] : random.pick(siege.credentials.useless);
  socket.send({ case: 'renew', value: { token: token ?? '' } });
  siege.inputs++;
  await socket.untilClosed();
  siege.ended(socket);
};

/** The beginning of a large version, and then something else, or nothing at all. */
export const leaveUnfinished: Attack = async (siege, random) => {
  const hello = siege.hello(random);
  const socket = await siege.join(hello);
  const fragment = { index: 0, count: random.pick([2, 1_000, 2 ** 32 - 1]) };
  const changes = [hostileChange(hello.siteId, { val: 'x'.repeat(random.below(500_000)) })];
  sendRefused(siege, socket, hello.siteId, goodBatch(hello.siteId, 0, { fragment, changes }));
  await pong(socket, 1);
  if (random.chance(0.5)) {
    sendRefused(siege, socket, hello.siteId, goodBatch(hello.siteId, 1));
    await socket.untilClosed();
  }
  siege.ended(socket);
};

/** Waits until it is known what became of it. */
async function push(socket: HostileSocket, pushed: Pushed, message: Uint8Array): Promise<void> {
  const [acks, rejects] = [socket.count('ack'), socket.count('reject')];
  socket.message(message);
  if (isPart(pushed.payload)) {
    await pong(socket, rejects + 1);
    pushed.fate = 'refused';
    return;
  }
  await socket.until(() => socket.count('ack') > acks || socket.count('reject') > rejects);
  if (socket.count('ack') > acks) pushed.fate = 'stored';
  else if (socket.closed === undefined || REFUSED_AS_SUCH.has(socket.closed.code)) pushed.fate = 'refused';
}

/** Codes with which a push itself is refused; others may end a session while it is on its way to the disk. */
const REFUSED_AS_SUCH: ReadonlySet<number> = new Set([4400, 4422]);

/** Of a version whose rest never comes, so that there is no answer. */
function isPart(payload: Uint8Array): boolean {
  try {
    return (readBatchHeader(payload).fragment?.count ?? 1) > 1;
  } catch {
    return false;
  }
}

/** What came before it has been dealt with, or the connection is over. */
async function pong(socket: HostileSocket, id: number): Promise<void> {
  const pongs = socket.count('pong');
  socket.send({ case: 'ping', value: { id } });
  await socket.until(() => socket.count('pong') > pongs);
}
