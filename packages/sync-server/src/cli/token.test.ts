import { describe, expect, test } from 'vitest';
import { createJwtAuth } from '../auth/jwt.ts';
import { readOrCreateLocalSecret } from '../auth/local-secret.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { runCommand } from './testing/run-command.ts';

describe('tributary token', () => {
  test('makes a token that the server with this data directory accepts', async () => {
    const directory = temporaryDirectory();
    const made = runCommand(['token', '--user', 'ann', '--workspace', 'home', '--role', 'owner', '--data', directory]);
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
    const made = runCommand(['token', '--user', 'ann', '--workspace', '*', '--expires', '10m'], { env });
    expect(await made.code).toBe(0);
    const verify = createJwtAuth({ keys: { secrets: ['a'.repeat(32)] }, issuer: 'us', audience: 'you' });
    const identity = await verify(made.out.trim());
    expect(identity.roleIn('anything')).toBe('editor');
    expect(identity.expiresAt! - Date.now()).toBeLessThanOrEqual(600_000);
  });

  test('says everything that is wrong at once', async () => {
    const made = runCommand(['token', '--workspace', 'a/b', '--role', 'admin', '--expires', 'soon', '--usr', 'x']);
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
    const made = runCommand([
      'token',
      '--user',
      'ann',
      '--workspace',
      'home',
      '--jwks-url',
      'https://login.example/keys',
    ]);
    expect(await made.code).toBe(1);
    expect(made.err).toContain('only that can make one');
  });
});
