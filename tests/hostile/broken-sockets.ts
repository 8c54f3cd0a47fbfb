/** Bytes that are no WebSocket, or one that breaks its own rules: what comes before the protocol, and has to be survived too. */
import { encodeClientFrame } from '@tributary/sync/protocol';
import type { Attack } from './attacks.ts';
import { webSocketFrame } from './hostile-socket.ts';
import { randomBytes } from './mutate.ts';

const PING = 9;
const KEY = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';

const OPENINGS = [
  `GET /sync HTTP/1.1\r\nHost: x\r\n${UPGRADE}\r\n`,
  `GET /sync HTTP/1.1\r\nHost: x\r\n${UPGRADE}Sec-WebSocket-Version: 1\r\nSec-WebSocket-Key: x\r\n\r\n`,
  `POST /sync HTTP/1.1\r\nHost: x\r\n${UPGRADE}${KEY}\r\n`,
  `GET /elsewhere HTTP/1.1\r\nHost: x\r\n${UPGRADE}${KEY}\r\n`,
  `GET /sync HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n${UPGRADE}${KEY}\r\n`,
  `GET http://[/sync HTTP/1.1\r\nHost: x\r\n${UPGRADE}${KEY}\r\n`,
  `GET /sync HTTP/9.9\r\n\r\n`,
  `GET /sync HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
  `POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nffffffffff\r\n`,
  '\0\u0001\u0002\u0003\r\n\r\n',
];

/** No upgrade, or none that may be. */
export const knockWrongly: Attack = async (siege, random) => {
  const socket = siege.connect(random.pick(OPENINGS));
  siege.inputs++;
  await socket.untilClosed();
  socket.hangUp();
};

/** The rules of WebSocket itself, broken in a session or before it. */
export const breakWebSocket: Attack = async (siege, random) => {
  const socket = random.chance(0.5) ? siege.connect() : await siege.join(siege.hello(random));
  const ping = encodeClientFrame({ case: 'ping', value: { id: 1 } });
  const broken: (() => Uint8Array)[] = [
    () => Uint8Array.from([0x82, ping.length, ...ping]),
    () => webSocketFrame(ping, 0x70 | 2),
    () => webSocketFrame(ping, random.pick([3, 7, 11, 15])),
    () => webSocketFrame(ping, 0),
    () => webSocketFrame(new Uint8Array(126), PING),
    () => webSocketFrame(Uint8Array.of(1), 8),
    () => webSocketFrame(Uint8Array.of(0, 1), 8),
    () => webSocketFrame(Uint8Array.of(0x03, 0xe8, 0xff, 0xfe), 8),
    () => webSocketFrame(Uint8Array.of(0xff, 0xfe, 0xc0), 1),
    () => declaredLength(random.pick([2n ** 22n + 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n])),
    () => Buffer.concat([unfinished(ping), webSocketFrame(ping, 2)]),
    () => Buffer.concat([webSocketFrame(ping, 2), randomBytes(random, 200)]),
  ];
  socket.raw(random.pick(broken)());
  siege.inputs++;
  // Some of that only begins something; the rest never comes.
  await Promise.race([socket.untilClosed(), new Promise((resolve) => setTimeout(resolve, 300))]);
  siege.ended(socket);
};

/** A message that says how long it is, and has hardly begun. */
function declaredLength(length: bigint): Uint8Array {
  const head = Buffer.alloc(14);
  head[0] = 0x82;
  head[1] = 0xff;
  head.writeBigUInt64BE(length, 2);
  return head;
}

function unfinished(payload: Uint8Array): Uint8Array {
  const frame = webSocketFrame(payload, 2);
  frame[0] = 2;
  return frame;
}
