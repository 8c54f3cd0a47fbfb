/** compose.yaml and .env.example name what the server has, and nothing else. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { tributary } from '../cli/tributary.ts';
import { parseDockerfile, textOf, type Stage } from './dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MAKE_SECRETS = path.join(root, 'scripts', 'container', 'make-secrets.mjs');

interface Service {
  readonly build?: string;
  readonly image: string;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly restart?: string;
  readonly entrypoint?: readonly string[];
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<'server' | 'postgres' | 'secrets', Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const { services, volumes } = parse(readFileSync(path.join(root, 'compose.yaml'), 'utf8')) as Compose;
const dockerfile = parseDockerfile(readFileSync(path.join(root, 'Dockerfile'), 'utf8')).at(-1) as Stage;

/** As Compose does where the variable is not set. */
function interpolated(value: unknown): string {
  return String(value).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

describe('compose.yaml', () => {
  test('starts the server with variables that it knows', async () => {
    const { environment = {} } = services.server;
    const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, interpolated(value)]));
    const { TRIBUTARY_DATABASE_URL_FILE: secret = '', ...others } = env;
    expect(secret).toMatch(/^\/run\/tributary\//);
    // An unknown variable is warned of, and a value that cannot be is refused.
    const told = await tributary(['token', '--user', 'ann', '--workspace', 'home'], {
      env: { ...others, TRIBUTARY_DATA: directory },
    });
    expect([told.code, told.err]).toEqual([0, '']);
  });

  test('gives the container the port and the volume that the image has', () => {
    expect(services.server.ports).toEqual([`127.0.0.1:8787:${textOf(dockerfile, 'EXPOSE')}`]);
    expect(services.server.environment).toMatchObject({ TRIBUTARY_PORT: Number(textOf(dockerfile, 'EXPOSE')) });
    expect(services.server.volumes).toContain(`data:${textOf(dockerfile, 'VOLUME')}`);
    expect(existsSync(path.join(root, services.server.build ?? '', 'Dockerfile'))).toBe(true);
  });

  test('waits for what is healthy, and keeps what is to be kept', () => {
    expect(services.server.depends_on).toEqual({
      secrets: { condition: 'service_completed_successfully' },
      postgres: { condition: 'service_healthy' },
    });
    expect(services.postgres.healthcheck?.test?.[1]).toBe('pg_isready');
    expect(services.postgres.image).toMatch(/^postgres:(?:1[5-9]|[2-9]\d)-/);
    expect([services.server.restart, services.postgres.restart]).toEqual(['unless-stopped', 'unless-stopped']);
    expect(Number.parseInt(services.server.stop_grace_period ?? '', 10)).toBeGreaterThan(10);
    const mounted = Object.values(services).flatMap((service) => service.volumes ?? []);
    expect(new Set(mounted.map((mount) => mount.split(':')[0]))).toEqual(new Set(Object.keys(volumes)));
  });

  test('holds no secret, and gives each as a file', () => {
    const variables = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment));
    const secret = variables.filter(([name]) => /PASSWORD|SECRET|URL|KEY|TOKEN/.test(name));
    expect(secret.map(([name]) => name)).toEqual(['TRIBUTARY_DATABASE_URL_FILE', 'POSTGRES_PASSWORD_FILE']);
    const files = secret.map(([, file]) => path.basename(String(file)));
    makeSecrets();
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(files));
  });
});

describe('make-secrets', () => {
  test('makes a password once, and an address with it that the server takes', async () => {
    makeSecrets();
    const password = readFileSync(path.join(directory, 'postgres-password'), 'utf8');
    expect(password).toMatch(/^[\w-]{43}$/);
    const urlFile = path.join(directory, 'database-url');
    expect(readFileSync(urlFile, 'utf8')).toBe(`postgres://tributary:${password}@postgres:5432/tributary`);
    // Two containers with users of their own read them.
    expect(statSync(urlFile).mode & 0o777).toBe(0o444);
    makeSecrets();
    expect(readFileSync(path.join(directory, 'postgres-password'), 'utf8')).toBe(password);
  });

  test('is what the image has at the place that compose.yaml names', () => {
    const [program, script, where] = services.secrets.entrypoint ?? [];
    expect([program, path.basename(script ?? '')]).toEqual(['node', path.basename(MAKE_SECRETS)]);
    expect(readFileSync(path.join(root, 'scripts', 'container', 'image.mjs'), 'utf8')).toContain(
      `'${path.basename(MAKE_SECRETS)}'`,
    );
    expect(services.secrets.volumes).toEqual([`secrets:${where}`]);
  });
});

describe('.env.example', () => {
  test('is what the table of options says', () => {
    const generator = path.join(root, 'scripts', 'generate-env-example.mjs');
    const { status, stderr } = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  test('with every default filled in, is a configuration without a fault', async () => {
    const lines = readFileSync(path.join(root, '.env.example'), 'utf8').split('\n');
    const assignments = lines.flatMap((line) =>
      [/^# (TRIBUTARY_\w+)=(.*)$/.exec(line)].filter((match) => match !== null),
    );
    expect(assignments.length).toBeGreaterThan(25);
    const env = Object.fromEntries(assignments.map(([, name = '', value = '']) => [name, value]));
    const told = await tributary(['token', '--user', 'ann', '--workspace', 'home'], {
      env: { ...env, TRIBUTARY_DATA: directory },
    });
    expect([told.code, told.err]).toEqual([0, '']);
  });
});

const directory = mkdtempSync(path.join(tmpdir(), 'tributary-compose-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function makeSecrets(): void {
  const { status, stderr } = spawnSync(process.execPath, [MAKE_SECRETS, directory], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
}
