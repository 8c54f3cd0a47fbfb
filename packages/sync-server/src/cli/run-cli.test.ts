import { existsSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createJwtAuth } from '../auth/jwt.ts';
import { readOrCreateLocalSecret } from '../auth/local-secret.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import type { CommandWorld } from './command.ts';
import { runCli } from './run-cli.ts';

interface Run {
  readonly code: Promise<number>;
  out: string;
  err: string;
  /** As a signal would. */
  stop(): void;
}

function run(args: readonly string[], env: Record<string, string> = {}): Run {
  const listeners = new Set<() => void>();
  const texts = { out: '', err: '' };
  const world: CommandWorld = {
    env,
    out: (text) => void (texts.out += text),
    err: (text) => void (texts.err += text),
    readFile: () => '',
    onStopRequest(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const code = runCli(args, world, '1.2.3');
  return Object.assign(texts, {
    code,
    stop: () => {
      for (const listener of listeners) listener();
    },
  });
}

async function untilListening(running: Run): Promise<string> {
  while (!running.out.includes('listening')) await new Promise((resolve) => setTimeout(resolve, 5));
  return /http:\/\/[\d.]+:\d+/.exec(running.err)![0];
}

describe('tributary help', () => {
  test('says everything there is', async () => {
    const helped = run(['help']);
    expect(await helped.code).toBe(0);
    expect(helped.out).toMatchInlineSnapshot(`
      "Tributary: a relay for local-first data.

        tributary serve    Runs the relay.
        tributary token    Makes a token with which a client may connect.
        tributary help     Says this.
        tributary --version

      tributary token:

        --user <id>        Whom the token is for.
        --workspace <id>   Which workspace; * is all of them.
        --role <role>      What that person may do: owner, editor, viewer. Default: editor.
        --expires <time>   How long the token is good. Default: 30d.

      Options of the server, on the command line or in the environment:

        --port <number>
            The port to listen on. Default: 8787.
            TRIBUTARY_PORT, PORT
        --host <address>
            The address to listen on. The default is reachable from this machine only; 0.0.0.0 is every
            network that it is in, and needs a proxy with TLS in front. Default: 127.0.0.1.
            TRIBUTARY_HOST
        --data <directory>
            Where the log is kept. Back this up. Default: ./data.
            TRIBUTARY_DATA
        --jwt-secret <text>
            The secret that tokens are signed with (HS256), of 32 characters at least. Several are
            separated by commas: the first signs, all verify. Without it and --jwks-url, one is made in
            the data directory.
            TRIBUTARY_JWT_SECRET, TRIBUTARY_JWT_SECRET_FILE
        --jwks-url <url>
            Where an identity provider publishes the keys of its tokens (RS256, ES256, EdDSA).
            TRIBUTARY_JWKS_URL
        --jwt-issuer <text>
            Who has to have issued a token (iss).
            TRIBUTARY_JWT_ISSUER
        --jwt-audience <text>
            Whom a token has to be for (aud).
            TRIBUTARY_JWT_AUDIENCE
        --jwt-tolerance <time>
            How long after its end a token is still good, for clocks that differ. Default: 5s.
            TRIBUTARY_JWT_TOLERANCE
        --allowed-origins <origins>
            Web pages of these origins may connect, besides those of the same host. Separated by commas; *
            is all.
            TRIBUTARY_ALLOWED_ORIGINS
        --strict-names
            Refuse tables and columns that this version does not know, instead of keeping some for newer
            apps.
            TRIBUTARY_STRICT_NAMES
        --log-level <level>
            What is logged: error, warn, info, debug, silent. Default: info.
            TRIBUTARY_LOG_LEVEL
        --drain-timeout <time>
            How long connections may take to end when the server is stopped. Default: 10s.
            TRIBUTARY_DRAIN_TIMEOUT
        --heartbeat <time>
            After so long a silence a client is asked whether it is there; after twice as long it is gone.
            Default: 30s.
            TRIBUTARY_HEARTBEAT
        --max-connections <number>
            Connections in all. Default: 10000.
            TRIBUTARY_MAX_CONNECTIONS
        --max-connections-per-user <number>
            Connections of one user. Default: 50.
            TRIBUTARY_MAX_CONNECTIONS_PER_USER
        --max-frame-size <size>
            Bytes in one message. Default: 4MiB.
            TRIBUTARY_MAX_FRAME_SIZE
        --max-version-size <size>
            Bytes in one transaction of a client. Default: 64MiB.
            TRIBUTARY_MAX_VERSION_SIZE
        --max-value-size <size>
            Bytes in one value. Default: 1MiB.
            TRIBUTARY_MAX_VALUE_SIZE
        --max-changes-per-batch <number>
            Changes in one message. Default: 10000.
            TRIBUTARY_MAX_CHANGES_PER_BATCH
        --max-unknown-names <number>
            Tables and columns of newer apps in one workspace. Default: 200.
            TRIBUTARY_MAX_UNKNOWN_NAMES
        --frames-per-second <number>
            Messages of one connection in the long run. Default: 500.
            TRIBUTARY_FRAMES_PER_SECOND
        --changes-per-second <number>
            Changes of one user in the long run. Default: 200000.
            TRIBUTARY_CHANGES_PER_SECOND
        --bytes-per-second <size>
            Bytes of changes of one user in the long run. Default: 20MiB.
            TRIBUTARY_BYTES_PER_SECOND
      "
    `);
  });

  test.each([[[]], [['--help']], [['serve', '--help']], [['-h']]])('is what %j says', async (args) => {
    const asked = run(args);
    expect(await asked.code).toBe(0);
    expect(asked.out).toContain('tributary serve');
  });

  test('has no line that is too long for a terminal', async () => {
    const helped = run(['help']);
    await helped.code;
    expect(Math.max(...helped.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});

test('--version is that of the package', async () => {
  const asked = run(['--version']);
  expect(await asked.code).toBe(0);
  expect(asked.out).toBe('1.2.3\n');
});

test('a command that does not exist is told with the nearest that does', async () => {
  const asked = run(['sevre']);
  expect(await asked.code).toBe(2);
  expect(asked.err).toContain('there is no command sevre; did you mean serve?');
});

describe('tributary token', () => {
  test('makes a token that the server with this data directory accepts', async () => {
    const directory = temporaryDirectory();
    const made = run(['token', '--user', 'ann', '--workspace', 'home', '--role', 'owner', '--data', directory]);
    expect(await made.code).toBe(0);
    const identity = await createJwtAuth({ keys: { secrets: [readOrCreateLocalSecret(directory)] } })(made.out.trim());
    expect(identity.userId).toBe('ann');
    expect([identity.roleIn('home'), identity.roleIn('work')]).toEqual(['owner', undefined]);
    expect(identity.expiresAt! - Date.now()).toBeGreaterThan(29 * 86_400_000);
  });

  test('signs with the first of the given secrets, for the given issuer and audience, as long as told', async () => {
    const env = {
      TRIBUTARY_JWT_SECRET: `${'a'.repeat(32)},${'b'.repeat(32)}`,
      TRIBUTARY_JWT_ISSUER: 'us',
      TRIBUTARY_JWT_AUDIENCE: 'you',
    };
    const made = run(['token', '--user', 'ann', '--workspace', '*', '--expires', '10m'], env);
    expect(await made.code).toBe(0);
    const verify = createJwtAuth({ keys: { secrets: ['a'.repeat(32)] }, issuer: 'us', audience: 'you' });
    const identity = await verify(made.out.trim());
    expect(identity.roleIn('anything')).toBe('editor');
    expect(identity.expiresAt! - Date.now()).toBeLessThanOrEqual(600_000);
  });

  test('says everything that is wrong at once', async () => {
    const made = run(['token', '--workspace', 'a/b', '--role', 'admin', '--expires', 'soon', '--usr', 'x']);
    expect(await made.code).toBe(2);
    expect(made.out).toBe('');
    expect(made.err).toMatchInlineSnapshot(`
      "- there is no option --usr; did you mean --user?
      - x is no option
      - --user is needed
      - --workspace has to be 1 to 64 of A-Z, a-z, 0-9, _ and -
      - --role has to be one of owner, editor, viewer
      - --expires has to be a number with a unit: 500ms, 30s, 5m, 12h or 30d
      See tributary help.
      "
    `);
  });

  test('cannot sign for an identity provider', async () => {
    const made = run(['token', '--user', 'ann', '--workspace', 'home', '--jwks-url', 'https://login.example/keys']);
    expect(await made.code).toBe(1);
    expect(made.err).toContain('only that can make one');
  });
});

describe('tributary serve', () => {
  test('says where it is, answers, and ends in good order when it is asked to', async () => {
    const directory = path.join(temporaryDirectory(), 'data');
    const running = run(['serve', '--port', '0', '--data', directory]);
    const address = await untilListening(running);
    expect(running.err).toContain(directory);
    expect(running.err).toContain('tributary token --user <id>');
    expect(await (await fetch(`${address}/healthz`)).text()).toBe('ok\n');
    expect(existsSync(path.join(directory, 'jwt-secret'))).toBe(true);
    running.stop();
    expect(await running.code).toBe(0);
    const messages = running.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(['listening', 'stopping', 'stopped']);
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  });

  test('ends at once when it is asked twice', async () => {
    const running = run(['serve', '--port', '0', '--data', temporaryDirectory(), '--drain-timeout', '1h']);
    const address = await untilListening(running);
    const stubborn = connectTcp(Number(new URL(address).port), '127.0.0.1');
    stubborn.on('error', () => {});
    stubborn.write('GET /healthz HTTP/1.1\r\n');
    await new Promise((resolve) => stubborn.once('ready', resolve));
    await fetch(`${address}/healthz`);
    running.stop();
    running.stop();
    expect(await running.code).toBe(1);
    stubborn.destroy();
  });

  test('makes no secret where tokens are checked otherwise', async () => {
    const directory = temporaryDirectory();
    const running = run(['serve', '--port', '0', '--data', directory, '--jwks-url', 'https://login.example/keys']);
    await untilListening(running);
    expect(running.err).toContain('the keys of https://login.example/keys');
    expect(existsSync(path.join(directory, 'jwt-secret'))).toBe(false);
    running.stop();
    expect(await running.code).toBe(0);
  });

  test('tells every fault of its options and does not start', async () => {
    const running = run(['serve', '--prot', '1', '--log-level', 'loud'], { TRIBUTARY_HEARTBEAT: '30' });
    expect(await running.code).toBe(2);
    expect(running.err.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(4);
  });

  test('says so when the directory or the port is taken', async () => {
    const directory = temporaryDirectory();
    const first = run(['serve', '--port', '0', '--data', directory]);
    const port = new URL(await untilListening(first)).port;
    const second = run(['serve', '--port', '0', '--data', directory]);
    expect(await second.code).toBe(1);
    expect(second.err).toContain('is in use by another process');
    const third = run(['serve', '--port', port, '--data', temporaryDirectory()]);
    expect(await third.code).toBe(1);
    expect(third.err).toContain(`cannot listen on 127.0.0.1:${port}`);
    first.stop();
    await first.code;
  });

  test('warns of a variable that is no option', async () => {
    const running = run(['serve', '--port', '0', '--data', temporaryDirectory()], { TRIBUTARY_PROT: '1' });
    await untilListening(running);
    expect(running.err).toContain('TRIBUTARY_PROT is no option; did you mean TRIBUTARY_PORT?');
    running.stop();
    await running.code;
  });
});
