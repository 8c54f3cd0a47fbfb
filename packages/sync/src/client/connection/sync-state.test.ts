import { describe, expect, test } from 'vitest';
import { transition, type SyncEffect, type SyncEvent, type SyncState, type Transition } from './sync-state.ts';

const WAIT = to('waiting', 'disconnect', 'scheduleRetry');
const BLOCK = to('blocked', 'disconnect', 'scheduleLongRetry');
const STOP = to('stopped', 'disconnect');
const CONNECT_NOW = to('connecting', 'cancelRetry', 'resetBackoff', 'connect');

/** Every pair: the compiler asks for a cell when a state or an event is added. */
const TABLE: Record<SyncState, Record<SyncEvent, Transition>> = {
  stopped: {
    start: to('connecting', 'connect'),
    stop: to('stopped'),
    opened: to('stopped'),
    welcomed: to('stopped'),
    caughtUp: to('stopped'),
    lost: to('stopped'),
    refused: to('stopped'),
    retry: to('stopped'),
  },
  connecting: {
    start: to('connecting'),
    stop: STOP,
    opened: to('greeting', 'sendHello'),
    welcomed: to('connecting'),
    caughtUp: to('connecting'),
    lost: WAIT,
    refused: BLOCK,
    retry: to('connecting'),
  },
  greeting: {
    start: to('greeting'),
    stop: STOP,
    opened: to('greeting'),
    welcomed: to('catchingUp', 'push'),
    caughtUp: to('greeting'),
    lost: WAIT,
    refused: BLOCK,
    retry: to('greeting'),
  },
  catchingUp: {
    start: to('catchingUp'),
    stop: STOP,
    opened: to('catchingUp'),
    welcomed: to('catchingUp'),
    caughtUp: to('live', 'resetBackoff', 'push'),
    lost: WAIT,
    refused: BLOCK,
    retry: to('catchingUp'),
  },
  live: {
    start: to('live'),
    stop: STOP,
    opened: to('live'),
    welcomed: to('live'),
    caughtUp: to('live'),
    lost: WAIT,
    refused: BLOCK,
    retry: to('live'),
  },
  waiting: {
    start: CONNECT_NOW,
    stop: to('stopped', 'cancelRetry'),
    opened: to('waiting'),
    welcomed: to('waiting'),
    caughtUp: to('waiting'),
    lost: to('waiting'),
    refused: to('waiting'),
    retry: to('connecting', 'connect'),
  },
  blocked: {
    start: CONNECT_NOW,
    stop: to('stopped', 'cancelRetry'),
    opened: to('blocked'),
    welcomed: to('blocked'),
    caughtUp: to('blocked'),
    lost: to('blocked'),
    refused: to('blocked'),
    retry: to('connecting', 'connect'),
  },
};

const STATES = Object.keys(TABLE) as SyncState[];
const EVENTS = Object.keys(TABLE.stopped) as SyncEvent[];
const CELLS = STATES.flatMap((state) => EVENTS.map((event) => ({ state, event, next: transition(state, event) })));

/** States in which a connection stands, or is being made. */
const CONNECTED: readonly SyncState[] = ['connecting', 'greeting', 'catchingUp', 'live'];
const WAITING_FOR_RETRY: ReadonlySet<SyncState> = new Set(['waiting', 'blocked']);

describe.each(STATES)('in %s', (state) => {
  test.each(EVENTS)('%s', (event) => {
    expect(transition(state, event)).toEqual(TABLE[state][event]);
  });
});

describe('from every state', () => {
  test.each(STATES)('%s: stop leads to stopped', (state) => {
    expect(transition(state, 'stop').state).toBe('stopped');
  });

  test.each(STATES)('%s: there is a way to live', (state) => {
    expect(reachableFrom(state)).toContain('live');
  });

  test.each(STATES)('%s: start leads to where a connection stands or is being made', (state) => {
    expect(CONNECTED).toContain(transition(state, 'start').state);
  });
});

describe('whatever happens', () => {
  test('a connection that stood is let go of when its state is left for one without', () => {
    const leaving = CELLS.filter(({ state, next }) => isConnected(state) && !isConnected(next.state));
    expect(leaving.length).toBeGreaterThan(0);
    for (const { next } of leaving) expect(next.effects[0]).toBe('disconnect');
    for (const { next } of CELLS.filter((cell) => !leaving.includes(cell)))
      expect(next.effects).not.toContain('disconnect');
  });

  test('a connection is made exactly when a state without one is left for one with', () => {
    for (const { state, event, next } of CELLS) {
      const isEntered = !isConnected(state) && isConnected(next.state);
      expect([state, event, next.effects.includes('connect')]).toEqual([state, event, isEntered]);
    }
  });

  test('a retry is asked for exactly when a state that waits for one is entered', () => {
    for (const { state, event, next } of CELLS) {
      const isEntered = WAITING_FOR_RETRY.has(next.state) && next.state !== state;
      expect([state, event, asksForRetry(next)]).toEqual([state, event, isEntered]);
    }
  });

  test('a retry that was asked for and has not come is cancelled when its state is left', () => {
    for (const { state, event, next } of CELLS) {
      const isLeftEarly = WAITING_FOR_RETRY.has(state) && event !== 'retry' && next.state !== state;
      expect([state, event, next.effects.includes('cancelRetry')]).toEqual([state, event, isLeftEarly]);
    }
  });

  test('only stopped, waiting and blocked are without a connection or an attempt', () => {
    expect(STATES.filter((state) => !isConnected(state))).toEqual(['stopped', 'waiting', 'blocked']);
  });

  test('edits are sent only while a session stands', () => {
    const sending = CELLS.filter(({ next }) => next.effects.includes('push'));
    expect(new Set(sending.map(({ next }) => next.state))).toEqual(new Set(['catchingUp', 'live']));
  });

  test('delays grow until a session has proved to work, or somebody asks', () => {
    const resetting = CELLS.filter(({ next }) => next.effects.includes('resetBackoff'));
    expect(resetting.map(({ state, event }) => `${state} ${event}`)).toEqual([
      'catchingUp caughtUp',
      'waiting start',
      'blocked start',
    ]);
  });
});

function to(state: SyncState, ...effects: SyncEffect[]): Transition {
  return { state, effects };
}

function isConnected(state: SyncState): boolean {
  return CONNECTED.includes(state);
}

function asksForRetry({ effects }: Transition): boolean {
  return effects.includes('scheduleRetry') || effects.includes('scheduleLongRetry');
}

function reachableFrom(start: SyncState): Set<SyncState> {
  const reached = new Set([start]);
  for (const state of reached) for (const event of EVENTS) reached.add(transition(state, event).state);
  return reached;
}
