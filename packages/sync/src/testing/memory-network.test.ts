import { describe, expect, test } from 'vitest';
import type { Connection } from '../transport/connection.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryNetwork, type MemoryNetworkOptions } from './memory-network.ts';

const URL = 'ws://relay';

describe('connecting', () => {
  test('takes the way there and back, and the server knows of it first', () => {
    const { clock, events } = connect({ latencyMs: { toServer: 10, toClient: 20 } });
    clock.advance(9);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual(['server: accepted']);
    clock.advance(20);
    expect(events).toEqual(['server: accepted', 'client: opened']);
  });

  test('fails as a lost connection where nobody listens, or where nothing can be reached', () => {
    for (const spoil of [
      (network: MemoryNetwork) => (network.isUp = false),
      (_: MemoryNetwork, stopListening: () => void) => stopListening(),
    ]) {
      const { clock, events, network, stopListening } = connect();
      spoil(network, stopListening);
      clock.runAll();
      expect([events, network.links]).toEqual([['client: closed 1006'], []]);
    }
  });

  test('can be given up, and the server does not come to know of it', () => {
    const { clock, events, client } = connect();
    client.close(1000, 'never mind');
    clock.runAll();
    expect(events).toEqual(['client: closed 1006 never mind']);
  });

  test('given up when the server has accepted already ends there as a lost connection', () => {
    const { clock, events, client } = connect();
    clock.advance(1);
    client.close(1000, '');
    clock.runAll();
    expect(events).toEqual(['server: accepted', 'client: closed 1006', 'server: closed 1006']);
  });
});

describe('messages', () => {
  test('arrive on both sides, later than they were sent', () => {
    const { clock, events, client, server } = connectAndOpen({ latencyMs: { toServer: 3, toClient: 5 } });
    client.send(bytes(1));
    server().send(bytes(2));
    expect(events).toEqual([]);
    clock.advance(3);
    expect(events).toEqual(['server: 1']);
    clock.advance(2);
    expect(events).toEqual(['server: 1', 'client: 2']);
  });

  test('never overtake one another, whatever each takes', () => {
    const delays = [1, 1, 50, 5, 1];
    const { clock, events, client } = connectAndOpen({ latencyMs: () => delays.shift() ?? 1 });
    for (const byte of [1, 2, 3]) client.send(bytes(byte));
    clock.runAll();
    expect(events).toEqual(['server: 1', 'server: 2', 'server: 3']);
    expect(delays).toEqual([]);
  });

  test('said in accepting arrive after the connection is open', () => {
    const { clock, events } = connect({}, (connection) => connection.send(bytes(7)));
    clock.runAll();
    expect(events).toEqual(['server: accepted', 'client: opened', 'client: 7']);
  });

  test('are dropped before the connection is open and after its end', () => {
    const { clock, events, client } = connect();
    client.send(bytes(1));
    clock.runAll();
    client.close(1000, '');
    client.send(bytes(2));
    clock.runAll();
    expect(events.filter((event) => event.startsWith('server: '))).toEqual(['server: accepted', 'server: closed 1000']);
  });

  test('are copies', () => {
    const { clock, events, client } = connectAndOpen();
    const message = bytes(1);
    client.send(message);
    message[0] = 9;
    clock.runAll();
    expect(events).toEqual(['server: 1']);
  });

  test('take their time on a line that carries only so much', () => {
    const { clock, events, client } = connectAndOpen({ bytesPerMs: 1, latencyMs: 10 });
    client.send(new Uint8Array(5));
    client.send(new Uint8Array(5));
    clock.advance(15);
    expect(events).toHaveLength(1);
    clock.advance(5);
    expect(events).toHaveLength(2);
  });

  test('go by a time that nobody can set back', () => {
    const { clock, events, client } = connectAndOpen();
    clock.setNow(0);
    client.send(bytes(1));
    clock.advance(1);
    expect(events).toEqual(['server: 1']);
  });
});

describe('bytes on their way', () => {
  test('are counted until they arrive, and it is told when the last have', () => {
    const { clock, events, client } = connectAndOpen({ latencyMs: 10 }, { tellDrained: true });
    client.send(new Uint8Array(100));
    clock.advance(5);
    client.send(new Uint8Array(50));
    expect(client.bufferedBytes).toBe(150);
    clock.advance(5);
    expect([client.bufferedBytes, events]).toEqual([50, [`server: ${'0'.repeat(100)}`]]);
    clock.advance(5);
    expect([client.bufferedBytes, events.at(-1)]).toEqual([0, 'client: drained']);
  });
});

describe('closing', () => {
  test('tells this side at once and the other after everything that was sent before, with code and reason', () => {
    const { clock, events, server } = connectAndOpen();
    server().send(bytes(1));
    server().close(4401, 'expired');
    expect(events).toEqual(['server: closed 4401 expired']);
    clock.runAll();
    expect(events.slice(1)).toEqual(['client: 1', 'client: closed 4401 expired']);
  });

  test('from both sides tells each once, its own code', () => {
    const { clock, events, client, server } = connectAndOpen();
    client.close(1000, 'bye');
    server().close(1001, 'away');
    client.close(1000, 'again');
    clock.runAll();
    expect(events).toEqual(['client: closed 1000 bye', 'server: closed 1001 away']);
  });

  test('loses what comes towards the side that closed', () => {
    const { clock, events, client, server } = connectAndOpen();
    server().send(bytes(1));
    client.close(1000, '');
    clock.runAll();
    expect(events).toEqual(['client: closed 1000', 'server: closed 1000']);
  });

  test('forgets the link once both sides know', () => {
    const { clock, client, network } = connectAndOpen();
    client.close(1000, '');
    expect(network.links).toHaveLength(1);
    clock.runAll();
    expect(network.links).toEqual([]);
  });
});

describe('a line', () => {
  test('that is cut loses what is on its way, and both sides see that it is gone, not inside the call', () => {
    const { clock, events, client, server, network } = connectAndOpen();
    client.send(bytes(1));
    server().send(bytes(2));
    network.severAll();
    expect(events).toEqual([]);
    clock.runAll();
    expect([events, network.links]).toEqual([['client: closed 1006', 'server: closed 1006'], []]);
  });

  test('may be cut by one message, which is lost while those before it have arrived', () => {
    const { clock, events, client } = connectAndOpen({
      filter: ({ direction, message }) => (direction === 'toServer' && message[0] === 2 ? 'sever' : 'deliver'),
    });
    for (const byte of [1, 2, 3]) client.send(bytes(byte));
    clock.runAll();
    expect(events).toEqual(['server: 1', 'client: closed 1006', 'server: closed 1006']);
  });

  test('that is frozen delivers nothing any more and tells nobody', () => {
    const { clock, events, client, server, network } = connectAndOpen();
    client.send(bytes(1));
    network.links[0]?.freeze();
    server().send(bytes(2));
    clock.runAll();
    expect(events).toEqual([]);
    client.close(1000, '');
    clock.runAll();
    expect(events).toEqual(['client: closed 1000']);
  });
});

interface SetUpOptions {
  readonly tellDrained?: boolean;
}

function connect(
  options: Partial<MemoryNetworkOptions> = {},
  accepted: (connection: Connection) => void = () => undefined,
  { tellDrained = false }: SetUpOptions = {},
) {
  const clock = new ManualClock();
  const network = new MemoryNetwork({ clock, ...options });
  const events: string[] = [];
  const handlerOf = (side: string) => ({
    opened: () => void events.push(`${side}: opened`),
    received: (message: Uint8Array) => void events.push(`${side}: ${message.join('')}`),
    closed: (code: number, reason: string) => void events.push(`${side}: closed ${code} ${reason}`.trim()),
    ...(tellDrained && { drained: () => void events.push(`${side}: drained`) }),
  });
  let server: Connection | undefined;
  const stopListening = network.listen(URL, (connection) => {
    events.push('server: accepted');
    server = connection;
    accepted(connection);
    return handlerOf('server');
  });
  const client = network.connect(URL, handlerOf('client'));
  return { clock, network, events, client, server: () => server!, stopListening };
}

function connectAndOpen(options?: Partial<MemoryNetworkOptions>, more?: SetUpOptions) {
  const set = connect(options, undefined, more);
  set.clock.runAll();
  expect(set.events.splice(0)).toEqual(['server: accepted', 'client: opened']);
  return set;
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}
