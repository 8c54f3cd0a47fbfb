import { describe, expect, test } from 'vitest';
import { readConfig, type Config } from './config.ts';
import { OPTIONS } from './options.ts';

const SECRET = 's'.repeat(32);

function read(args: readonly string[] = [], env: Record<string, string> = {}, files: Record<string, string> = {}) {
  const readFile = (path: string): string => {
    if (files[path] === undefined) throw new Error('no such file');
    return files[path];
  };
  return readConfig({ args, env, readFile });
}

function configOf(...parameters: Parameters<typeof read>): Config {
  const result = read(...parameters);
  if (result.type === 'faults') throw new Error(result.faults.join('\n'));
  return result.config;
}

function faultsOf(...parameters: Parameters<typeof read>): readonly string[] {
  const result = read(...parameters);
  return result.type === 'faults' ? result.faults : [];
}

describe('the defaults', () => {
  test('are complete, and such that nothing is reachable from outside', () => {
    expect(configOf()).toMatchObject({
      port: 8787,
      host: '127.0.0.1',
      dataDirectory: './data',
      strictNames: false,
      logLevel: 'info',
      jwtToleranceMs: 5_000,
      heartbeatMs: 30_000,
      maxFrameBytes: 4 * 1024 * 1024,
      bytesPerSecond: 20 * 1024 * 1024,
      maxUnknownNames: 200,
    });
  });

  test('leave out what has none', () => {
    const { jwtSecrets, jwksUrl, jwtIssuer, jwtAudience, allowedOrigins } = configOf();
    expect([jwtSecrets, jwksUrl, jwtIssuer, jwtAudience, allowedOrigins]).toEqual(Array(5).fill(undefined));
  });
});

describe('a value', () => {
  test('comes from the command line before the environment, and from there before the default', () => {
    const env = { TRIBUTARY_PORT: '2000' };
    expect(configOf([], env).port).toBe(2000);
    expect(configOf(['--port', '3000'], env).port).toBe(3000);
    expect(configOf(['--port=3001'], env).port).toBe(3001);
  });

  test('of the port may be in PORT, which TRIBUTARY_PORT goes before', () => {
    expect(configOf([], { PORT: '4000' }).port).toBe(4000);
    expect(configOf([], { PORT: '4000', TRIBUTARY_PORT: '5000' }).port).toBe(5000);
  });

  test('that is empty in the environment is left out', () => {
    expect(configOf([], { TRIBUTARY_PORT: '', TRIBUTARY_JWKS_URL: '' })).toMatchObject({
      port: 8787,
      jwksUrl: undefined,
    });
  });

  test('is what it says', () => {
    const config = configOf([
      '--strict-names',
      '--heartbeat=2m',
      '--max-frame-size=64KiB',
      '--max-connections=7',
      '--log-level=warn',
      '--allowed-origins=https://a.example, http://localhost:5173',
      `--jwt-secret=${SECRET},${SECRET}2`,
    ]);
    expect(config).toMatchObject({
      strictNames: true,
      heartbeatMs: 120_000,
      maxFrameBytes: 65_536,
      maxConnections: 7,
      logLevel: 'warn',
      allowedOrigins: ['https://a.example', 'http://localhost:5173'],
      jwtSecrets: [SECRET, `${SECRET}2`],
    });
  });

  test('of a secret may be in a file', () => {
    const env = { TRIBUTARY_JWT_SECRET_FILE: '/run/secrets/jwt' };
    expect(configOf([], env, { '/run/secrets/jwt': `${SECRET}\n` }).jwtSecrets).toEqual([SECRET]);
  });

  test('cannot be changed afterwards', () => {
    expect(() => Object.assign(configOf(), { port: 1 })).toThrow(TypeError);
  });
});

describe('faults', () => {
  test('are told all at once, each with what to write instead', () => {
    const env = { TRIBUTARY_PORT: '70000', TRIBUTARY_HEARTBEAT: '30', TRIBUTARY_MAX_FRAME_SIZE: '4MB' };
    expect(faultsOf(['--prot', '1', '--log-level', 'loud', '--jwks-url', 'example.com', '--host'], env))
      .toMatchInlineSnapshot(`
      [
        "there is no option --prot; did you mean --port?",
        "1 is no option",
        "--host needs a value: --host <address>",
        "TRIBUTARY_PORT is "70000", and has to be a port number from 0 (any free one) to 65535",
        "--jwks-url is "example.com", and has to be a URL that begins with https:// or http://",
        "--log-level is "loud", and has to be one of error, warn, info, debug, silent",
        "TRIBUTARY_HEARTBEAT is "30", and has to be a number with a unit: 500ms, 30s, 5m, 12h or 30d",
        "TRIBUTARY_MAX_FRAME_SIZE is "4MB", and has to be a number of bytes, such as 65536, 64KiB or 4MiB",
      ]
    `);
  });

  test('of an endpoint are told once, and its key may be in a file', () => {
    expect(faultsOf(['--embeddings-url', 'ftp://a.example', '--embeddings-model', 'm'])).toHaveLength(1);
    const { embeddingsUrl, embeddingsModel, embeddingsKey } = configOf(
      ['--embeddings-url', 'http://a.example', '--embeddings-model', 'm'],
      { TRIBUTARY_EMBEDDINGS_KEY_FILE: '/run/secrets/key' },
      { '/run/secrets/key': 'k\n' },
    );
    expect([embeddingsUrl, embeddingsModel, embeddingsKey]).toEqual(['http://a.example', 'm', 'k']);
  });

  test('never show a secret', () => {
    const faults = [
      ...faultsOf(['--jwt-secret', 'hunter2']),
      ...faultsOf([], { TRIBUTARY_JWT_SECRET: 'hunter2' }),
      ...faultsOf([], { TRIBUTARY_JWT_SECRET_FILE: 'f' }, { f: 'hunter2' }),
    ];
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('hunter2');
    expect(faults[0]).toBe('--jwt-secret has to be at least 32 characters; several are separated by commas');
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ['a secret and a set of keys', ['--jwks-url', 'https://a.example'], { TRIBUTARY_JWT_SECRET: SECRET }, 'both given'],
    ['an endpoint without a model', ['--embeddings-url', 'http://a.example'], {}, 'name the model'],
    ['a model without an endpoint', ['--embeddings-model', 'm'], {}, '--embeddings-model is given without'],
    ['a key without an endpoint', [], { TRIBUTARY_EMBEDDINGS_KEY: 'k' }, '--embeddings-key is given without'],
    ['a password in an endpoint', ['--embeddings-url', 'http://a:b@a.example'], {}, 'without a user or password'],
    ['a secret and a file of it', [], { TRIBUTARY_JWT_SECRET: SECRET, TRIBUTARY_JWT_SECRET_FILE: 'f' }, 'keep one'],
    ['a file that is not there', [], { TRIBUTARY_JWT_SECRET_FILE: '/nowhere' }, 'names /nowhere, which cannot be read'],
    ['an origin with a path', ['--allowed-origins', 'https://a.example/'], {}, 'has to be origins'],
    ['a limit of nothing', ['--max-connections', '0'], {}, 'a whole number above 0'],
    ['a flag with another value', ['--strict-names=yes'], {}, 'true or false'],
    ['a value that is no number', ['--port', '-1'], {}, 'a port number'],
  ])('are found for %s', (_, args, env, fault) => {
    expect(faultsOf(args, env).join()).toContain(fault);
  });

  test('are not found in what is unlike any option', () => {
    expect(faultsOf(['--zzzzzzzz'])).toEqual(['there is no option --zzzzzzzz']);
  });
});

describe('a variable of ours that is no option', () => {
  test('is warned of, with the one that was meant', () => {
    const result = read([], { TRIBUTARY_JWT_SECRETS: 'x', TRIBUTARY_QUITE_ANOTHER_THING: 'x', OTHER: 'x' });
    expect(result).toMatchObject({
      type: 'config',
      warnings: [
        'TRIBUTARY_JWT_SECRETS is no option; did you mean TRIBUTARY_JWT_SECRET?',
        'TRIBUTARY_QUITE_ANOTHER_THING is no option',
      ],
    });
  });
});

describe('the table of options', () => {
  test('has each name once, on the command line and in the environment', () => {
    const options = Object.values(OPTIONS);
    expect(new Set(options.map(({ name }) => name)).size).toBe(options.length);
    expect(new Set(options.map(({ env }) => env)).size).toBe(options.length);
  });
});
