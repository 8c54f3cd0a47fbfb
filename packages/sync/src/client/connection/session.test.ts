import { describe, expect, test } from 'vitest';
import {
  decodeClientFrame,
  encodeServerFrame,
  PROTOCOL_ERRORS,
  type ParsedServerFrame,
  type ServerFrameInit,
} from '../../protocol/index.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import {
  CONNECTION_LOST,
  NORMAL_CLOSURE,
  type ClientConnectionHandler,
  type Connection,
} from '../../transport/connection.ts';
import { Session } from './session.ts';

const INTERVAL_MS = 1_000;

describe('a session', () => {
  test('says when its connection is open', () => {
    const { connection, events } = open();
    connection.handler.opened();
    expect(events).toEqual(['opened']);
  });

  test('sends frames and hands on what it receives, each as what it is', () => {
    const { session, connection, events } = open();
    session.send({ case: 'refilled', value: {} });
    connection.receive({ case: 'receipt', value: { projectedSeq: 5n } });
    connection.receive({ case: 'caughtUp', value: { head: 7n } });
    expect([connection.sent(), events]).toEqual([['refilled'], ['receipt', 'caughtUp']]);
  });

  test('answers a Ping by itself', () => {
    const { connection, events } = open();
    connection.receive({ case: 'ping', value: { id: 3 } });
    expect([connection.frames(), events]).toMatchObject([[{ case: 'pong', value: { id: 3 } }], []]);
  });

  test('measures how long an answer takes, and hands it on', () => {
    const { session, connection, clock, events } = open();
    const id = session.ping();
    clock.advance(30);
    connection.receive({ case: 'pong', value: { id, head: 9n } });
    connection.receive({ case: 'pong', value: { id: 99, head: 9n } });
    expect(events).toEqual(['measured 30', 'pong', 'pong']);
  });
});

describe('a session ends', () => {
  test('when its connection does, with what that said', () => {
    const { connection, events } = open();
    connection.handler.closed(4401, 'expired');
    expect(events).toEqual(['ended 4401 expired']);
  });

  test('when the relay says what is no frame, as malformed', () => {
    const { connection, events } = open();
    connection.handler.received(Uint8Array.of(255, 255));
    expect(events).toEqual([expect.stringMatching(`^ended ${PROTOCOL_ERRORS.malformed_frame.closeCode} `)]);
    expect(connection.closed).toMatchObject([{ code: NORMAL_CLOSURE }]);
  });

  test('when the relay is silent for two intervals', () => {
    const { session, connection, clock, events } = open();
    session.welcomed(INTERVAL_MS);
    clock.advance(2 * INTERVAL_MS - 1);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([`ended ${CONNECTION_LOST} the relay no longer answers`]);
    expect(connection.closed).toHaveLength(1);
  });

  test('when there is no Welcome in time, and for that reason no more after it', () => {
    const slow = open();
    slow.clock.advance(15_000);
    expect(slow.events).toEqual([`ended ${CONNECTION_LOST} the relay cannot be reached`]);
    const welcomed = open();
    welcomed.session.welcomed(60_000);
    welcomed.clock.advance(15_000);
    expect(welcomed.events).toEqual([]);
  });

  test('once: what comes after is passed over', () => {
    const { session, connection, clock, events } = open();
    session.welcomed(INTERVAL_MS);
    connection.handler.closed(CONNECTION_LOST, '');
    events.splice(0);
    const { length } = connection.messages;
    connection.handler.opened();
    connection.receive({ case: 'caughtUp', value: { head: 7n } });
    connection.handler.received(Uint8Array.of(255, 255));
    connection.handler.closed(1000, 'again');
    session.send({ case: 'refilled', value: {} });
    clock.advance(60_000);
    expect([events, connection.messages.length, clock.pending]).toEqual([[], length, 0]);
  });

  test('without a word to its owner when that closes it', () => {
    const { session, connection, clock, events } = open();
    session.welcomed(INTERVAL_MS);
    session.close('done');
    session.close('again');
    connection.handler.closed(NORMAL_CLOSURE, 'done');
    expect([events, connection.closed]).toEqual([[], [{ code: NORMAL_CLOSURE, reason: 'done' }]]);
    expect(clock.pending).toBe(0);
  });
});

describe('what the owner throws', () => {
  test('is none of the relay’s business', () => {
    const { connection, failWith } = open();
    failWith(new Error('a fault of ours'));
    expect(() => connection.receive({ case: 'caughtUp', value: { head: 7n } })).toThrow('a fault of ours');
    expect(connection.closed).toEqual([]);
  });
});

function open() {
  const clock = new ManualClock();
  const events: string[] = [];
  let connection: FakeConnection | undefined;
  let failure: Error | undefined;
  const connect = (_: string, handler: ClientConnectionHandler) => (connection = new FakeConnection(handler));
  const session = new Session('ws://relay', connect, clock, {
    opened: () => void events.push('opened'),
    received: (frame: ParsedServerFrame) => {
      if (failure) throw failure;
      events.push(frame.case);
    },
    measured: (latencyMs) => void events.push(`measured ${latencyMs}`),
    ended: (code, reason) => void events.push(`ended ${code} ${reason}`),
  });
  return { clock, session, events, connection: connection!, failWith: (error: Error) => void (failure = error) };
}

class FakeConnection implements Connection {
  readonly handler: ClientConnectionHandler;
  readonly messages: Uint8Array[] = [];
  readonly closed: { code: number; reason: string }[] = [];
  readonly bufferedBytes = 0;

  constructor(handler: ClientConnectionHandler) {
    this.handler = handler;
  }

  send(message: Uint8Array): void {
    this.messages.push(message);
  }

  close(code: number, reason: string): void {
    this.closed.push({ code, reason });
  }

  receive(frame: ServerFrameInit): void {
    this.handler.received(encodeServerFrame(frame));
  }

  frames() {
    return this.messages.map((message) => decodeClientFrame(message));
  }

  sent(): string[] {
    return this.frames().map(({ case: kind }) => kind);
  }
}
