import { PROTOCOL_VERSION, ProtocolError } from '@tributary/sync/protocol';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { batch, site } from '../testing/test-batches.ts';
import { token, WORKSPACE } from '../testing/test-client.ts';
import { createTestRelay } from '../testing/test-relay.ts';

describe('Hello', () => {
  test('is answered with Welcome, and with CaughtUp when there is nothing to deliver', async () => {
    const { join, clock, relay } = createTestRelay();
    const client = await join();
    expect(client.story).toEqual(['welcome', 'caughtUp 0']);
    expect(client.last('welcome')).toMatchObject({
      protocolVersion: PROTOCOL_VERSION,
      head: 0n,
      role: 'editor',
      ackedVersion: 0n,
      ackedSeq: 0n,
      serverTimeMs: BigInt(clock.now()),
      sessionId: 'session-1',
      heartbeatMs: 30_000,
    });
    expect(client.last('welcome')?.epoch).not.toBe('');
    expect((await relay.metrics()).sessions).toEqual({ greeting: 0, joining: 0, 'catching-up': 0, live: 1 });
  });

  test('learns the limits of the relay', async () => {
    const { join } = createTestRelay({ limits: { maxChangesPerBatch: 12, maxFrameBytes: 3456 } });
    expect((await join()).last('welcome')?.limits).toMatchObject({ maxChangesPerBatch: 12, maxFrameBytes: 3456 });
  });

  test('is told the role of the person in this workspace', async () => {
    const { join } = createTestRelay();
    const roles = { [WORKSPACE]: 'owner', other: 'viewer' } as const;
    expect((await join({ token: token({ roles }) })).last('welcome')?.role).toBe('owner');
    expect((await join({ token: token({ roles }), workspaceId: 'other' })).last('welcome')?.role).toBe('viewer');
  });

  test('learns what the log holds of its site', async () => {
    const { join } = createTestRelay();
    const first = await join();
    await first.push(0, 5);
    await first.push(5, 8);
    first.lose();
    const again = await join();
    expect(again.last('welcome')).toMatchObject({ head: 2n, ackedVersion: 8n, ackedSeq: 2n });
    const other = await join({ siteId: site(2) });
    expect(other.last('welcome')).toMatchObject({ head: 2n, ackedVersion: 0n, ackedSeq: 0n });
  });

  test('has to be the first frame', async () => {
    const { connect } = createTestRelay();
    const client = connect();
    client.send({ case: 'ping', value: { id: 1 } });
    expect(client.closedWith).toEqual({ code: 4400, reason: 'the first frame has to be Hello' });
  });

  test('comes once', async () => {
    const { join } = createTestRelay();
    const client = await join();
    await client.hello();
    expect(client.closedWith).toEqual({ code: 4400, reason: 'a second Hello' });
  });

  test('is waited for before anything else is said', async () => {
    const { connect, settle } = createTestRelay();
    const client = connect();
    const welcomed = client.hello();
    client.pushBytes(batch(0, 1));
    await welcomed;
    await settle();
    expect(client.closedWith?.code).toBe(4400);
    expect(client.frames).toEqual([]);
  });

  test.each([
    ['bytes that are no frame', Uint8Array.of(255, 255, 255)],
    ['an empty message', new Uint8Array(0)],
    ['random bytes', Uint8Array.from({ length: 200 }, (_, index) => (index * 73) % 256)],
  ])('is not %s', (_, bytes) => {
    const { connect } = createTestRelay();
    const client = connect();
    client.sendBytes(bytes);
    expect(client.closedWith?.code).toBe(4400);
  });

  test.each([
    ['only older versions', { protocolVersion: 0, minVersion: 0 }],
    ['only newer versions', { protocolVersion: PROTOCOL_VERSION + 2, minVersion: PROTOCOL_VERSION + 1 }],
  ])('of a client that speaks %s is refused', async (_, versions) => {
    const { join } = createTestRelay();
    const client = await join(versions);
    expect(client.closedWith?.code).toBe(4426);
    expect(client.closedWith?.reason).toContain(`the relay 1 to ${PROTOCOL_VERSION}`);
  });

  test('of a newer client that also speaks this version is welcome', async () => {
    const { join } = createTestRelay();
    const client = await join({ protocolVersion: PROTOCOL_VERSION + 5, minVersion: PROTOCOL_VERSION });
    expect(client.last('welcome')?.protocolVersion).toBe(PROTOCOL_VERSION);
  });

  test.each([
    ['an empty site id', { siteId: new Uint8Array(0) }],
    ['a short site id', { siteId: new Uint8Array(15).fill(1) }],
    ['a long site id', { siteId: new Uint8Array(17).fill(1) }],
    ['a site id of zeros', { siteId: new Uint8Array(16) }],
    ['no workspace', { workspaceId: '' }],
    ['a workspace with a slash', { workspaceId: '../etc' }],
    ['a workspace of 65 characters', { workspaceId: 'w'.repeat(65) }],
    ['an epoch that no log has', { epoch: 'e'.repeat(65) }],
    ['a workspace with a line break', { workspaceId: `${WORKSPACE}\n` }],
  ])('with %s is refused', async (_, hello) => {
    const { join } = createTestRelay();
    expect((await join(hello)).closedWith?.code).toBe(4400);
  });
});

describe('the token', () => {
  test.each([
    ['that nobody accepts', 'garbage'],
    ['that is missing', ''],
    ['that has expired', token({ expiresAt: FakeClock.START - 5_001 })],
  ])('%s is refused as unauthenticated', async (_, text) => {
    const { join } = createTestRelay();
    expect((await join({ token: text })).closedWith?.code).toBe(4401);
  });

  test('may have expired a moment ago, for clocks that differ', async () => {
    const { join } = createTestRelay();
    const client = await join({ token: token({ expiresAt: FakeClock.START - 4_000 }) });
    expect(client.story).toContain('welcome');
  });

  test('of another workspace gives no access to this one', async () => {
    const { join } = createTestRelay();
    const client = await join({ token: token({ roles: { other: 'owner' } }) });
    expect(client.closedWith).toEqual({ code: 4403, reason: `no access to the workspace ${WORKSPACE}` });
  });

  test('that cannot be checked right now is answered with what the check says', async () => {
    const { join } = createTestRelay({
      authenticate() {
        throw new ProtocolError('internal', 'the keys cannot be fetched');
      },
    });
    expect((await join()).closedWith).toEqual({ code: 1011, reason: 'the keys cannot be fetched' });
  });

  test('is not in the logs', async () => {
    const { join, lines } = createTestRelay();
    await join({ token: 'very secret' });
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });
});

describe('a session', () => {
  test('is logged with the program that opened it, for those who look closely', async () => {
    const { join, lines } = createTestRelay();
    await join({ client: `tributary/1.0 ${'x'.repeat(100)}`, schemaVersion: 7 });
    expect(lines).toMatchObject([
      { level: 'debug', user: 'ann', client: expect.stringMatching(/^tributary.{55}$/), schemaVersion: 7 },
    ]);
  });
});

describe('a refusal', () => {
  test('is logged with who it was', async () => {
    const { join, lines } = createTestRelay();
    const client = await join();
    client.sendBytes(Uint8Array.of(255));
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([
      {
        level: 'info',
        session: 'session-1',
        address: '192.0.2.1',
        workspace: WORKSPACE,
        user: 'ann',
        site: '01'.repeat(16),
        code: 'malformed_frame',
        message: 'the bytes are no frame',
      },
    ]);
  });

  test('is counted', async () => {
    const { join, relay } = createTestRelay();
    await join({ token: 'no' });
    await join({ token: 'no' });
    await join({ workspaceId: '' });
    expect((await relay.metrics()).refusals).toEqual({ unauthenticated: 2, malformed_frame: 1 });
  });
});

describe('a connection that is lost while its token is checked', () => {
  test('leaves nothing behind', async () => {
    const { connect, relay, settle } = createTestRelay();
    const client = connect();
    const welcomed = client.hello();
    client.lose();
    await welcomed;
    await settle();
    expect(client.frames).toEqual([]);
    const { sessions, rooms } = await relay.metrics();
    expect(sessions).toEqual({ greeting: 0, joining: 0, 'catching-up': 0, live: 0 });
    expect(rooms).toBe(0);
  });
});

describe('the same site once more', () => {
  test('replaces the connection before it', async () => {
    const { join } = createTestRelay();
    const older = await join();
    const newer = await join();
    expect(older.closedWith?.code).toBe(4409);
    await newer.push(0, 1);
    expect(newer.story).toEqual(['welcome', 'caughtUp 0', 'ack 1']);
  });

  test('is welcome beside it in another workspace', async () => {
    const { join } = createTestRelay();
    const roles = { [WORKSPACE]: 'editor', other: 'editor' } as const;
    const here = await join({ token: token({ roles }) });
    await join({ token: token({ roles }), workspaceId: 'other' });
    expect(here.closedWith).toBeUndefined();
  });

  test('replaces nobody when it is lost before its turn', async () => {
    const { join, connect, log, settle } = createTestRelay();
    const older = await join();
    const author = await join({ siteId: site(2) });
    let open = (): void => {};
    log.gate = new Promise((resolve) => (open = resolve));
    author.pushBytes(batch(0, 1));
    await connect().hello({ siteId: site(3) });
    const newer = await connect().hello();
    newer.lose();
    open();
    await settle();
    expect(older.closedWith).toBeUndefined();
    expect(older.story.slice(2)).toEqual(['deliver 1']);
    await author.push(1, 2);
    expect(older.story.slice(2)).toEqual(['deliver 1', 'deliver 2']);
  });

  test('waits for what the replaced connection had pushed, and gets it with its bytes', async () => {
    const { join, connect, log, settle } = createTestRelay();
    const older = await join();
    let open = (): void => {};
    log.gate = new Promise((resolve) => (open = resolve));
    older.pushBytes(batch(0, 5));
    const newer = await connect().hello();
    expect(older.closedWith?.code).toBe(4409);
    expect(newer.frames).toEqual([]);
    open();
    await settle();
    expect(newer.last('welcome')).toMatchObject({ head: 1n, ackedVersion: 5n, ackedSeq: 1n });
    expect(newer.story).toEqual(['welcome', 'deliver 1', 'caughtUp 1']);
  });
});
