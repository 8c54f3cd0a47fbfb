/** The Dockerfile, performed line by line, and the server that comes out of it. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  type Dirent,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRepositories, openReplica } from '@tributary/database';
import { SyncClient, type SyncStatus } from '@tributary/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../network/wait-until.ts';
import { buildImage, type Image } from './build-image.ts';
import { Container, createVolume } from './container.ts';
import { environmentOf, parseDockerfile, textOf, type Stage } from './dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const stages = parseDockerfile(readFileSync(path.join(root, 'Dockerfile'), 'utf8'));
const last = stages.at(-1) as Stage;

describe('the Dockerfile', () => {
  test('has base images of one tag each, which exist for every processor', () => {
    for (const { image } of stages) expect(image).toMatch(/^node:\d+-bookworm(?:-slim)?$/);
    expect(new Set(stages.map(({ image }) => image.replace('-slim', ''))).size).toBe(1);
    expect(readFileSync(path.join(root, 'Dockerfile'), 'utf8')).not.toMatch(/amd64|arm64|x86_64|--platform/);
  });

  test('has one port, one volume and a user who is not root', () => {
    expect(textOf(last, 'EXPOSE')).toBe('8787');
    expect(textOf(last, 'VOLUME')).toBe('/data');
    expect(environmentOf(last)).toMatchObject({ TRIBUTARY_DATA: '/data', TRIBUTARY_HOST: '0.0.0.0' });
    expect(textOf(last, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(textOf(last, 'HEALTHCHECK')).toBe('CMD ["node", "/app/healthcheck.mjs"]');
  });
});

describe('the image', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-image-'));
  const volume = path.join(directory, 'volume');
  const containers: Container[] = [];
  let image: Image;
  let first: Container;

  async function containerOn(place: string): Promise<Container> {
    const container = await Container.on(image, place);
    containers.push(container);
    container.start();
    return container;
  }

  async function device(container: Container): Promise<Device> {
    const signed = await container.exec('token', '--user', 'ann', '--workspace', 'home');
    expect(signed.code, signed.err).toBe(0);
    const replica = openReplica({ path: ':memory:' });
    const url = `ws://127.0.0.1:${container.port}/sync`;
    const client = new SyncClient(url, signed.out.trim(), { replica, workspaceId: 'home' });
    const close = (): void => {
      client.close();
      replica.close();
    };
    return { client, notes: createRepositories(replica).notes, close };
  }

  beforeAll(async () => {
    // Whoever the image's user is has to come past it.
    chmodSync(directory, 0o755);
    image = await buildImage(stages, { root, directory, env: process.env });
    createVolume(volume, image.start);
    first = await containerOn(volume);
  }, 300_000);

  afterAll(() => {
    for (const container of containers) container.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  test('is healthy within a minute, on an empty volume', { timeout: 70_000 }, async () => {
    await first.untilHealthy();
    expect(await first.healthcheck()).toMatchObject({ code: 0, out: 'ready\n' });
  });

  test(
    'lets a device write and another read, and lets go of them when it is stopped',
    { timeout: 60_000 },
    async () => {
      const [laptop, phone] = [await device(first), await device(first)];
      laptop.notes.create({ title: 'Lisbon', text: 'Find flights.' });
      await laptop.client.sync();
      await phone.client.sync();
      expect(phone.notes.count()).toBe(1);

      const seen: SyncStatus[] = [];
      phone.client.onStatus((status) => seen.push(status));
      const ended = await first.stop();
      expect(ended?.code, ended?.err).toBe(0);
      expect(ended?.out).toContain('"stopped"');
      await waitUntil(() => seen.some(({ state }) => state === 'offline'), { what: 'the phone knows' });
      laptop.close();
      phone.close();
      expect(await first.healthcheck()).toMatchObject({ code: 1 });
    },
  );

  test('finds everything again when it is started again', { timeout: 60_000 }, async () => {
    const second = await containerOn(volume);
    await second.untilHealthy();
    const tablet = await device(second);
    await tablet.client.sync();
    expect(tablet.notes.count()).toBe(1);
    tablet.close();
    const copied = await second.exec('sql', 'SELECT title FROM app.live_notes', '--csv');
    expect([copied.out, copied.err]).toEqual(['title\nLisbon\n', '']);
    expect((await second.stop())?.code).toBe(0);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'says to whom a volume of somebody else has to be given, and ends',
    async () => {
      const foreign = path.join(directory, 'foreign');
      mkdirSync(foreign, { mode: 0o755 });
      const { uid, gid } = image.start;
      const refused = await (await Container.on(image, foreign)).exec('serve');
      expect(refused.code).toBe(1);
      expect(refused.err).toContain(`${foreign} belongs to user 0`);
      expect(refused.err).toContain(`chown -R ${uid}:${gid} ${foreign}`);
      expect(readdirSync(foreign)).toEqual([]);
    },
  );

  test('has what runs, and nothing for developers', () => {
    const app = image.at('/app');
    const files = entriesOf(app)
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.relative(app, path.join(parentPath, name)));
    const own = files.filter((file) => /^(?:bin|dist)\/|node_modules\/@tributary\/[\w-]+\/(?:dist|src)\//.test(file));
    expect(own.length).toBeGreaterThan(100);
    expect(own.filter((file) => !file.endsWith('.js'))).toEqual([]);
    expect(own.filter((file) => /\.test\.|\/testing\//.test(file))).toEqual([]);
    const store = readdirSync(path.join(app, 'node_modules', '.pnpm'));
    for (const name of ['typescript', 'vitest', 'oxlint', 'prettier', 'vite', 'fast-check', 'playwright-core']) {
      expect(store.filter((entry) => entry.startsWith(`${name}@`))).toEqual([]);
    }
    expect(files.filter((file) => file.endsWith('/better_sqlite3.node'))).toHaveLength(1);
  });

  test('leads nowhere outside itself, by link or by map', () => {
    const app = realpathSync(image.at('/app'));
    const entries = entriesOf(app);
    const links = entries.filter((entry) => entry.isSymbolicLink());
    expect(links.length).toBeGreaterThan(50);
    const targets = links.map(({ parentPath, name }) => realpathSync(path.join(parentPath, name)));
    expect(targets.filter((target) => !target.startsWith(`${app}/`))).toEqual([]);
    const maps = entries.filter(({ name }) => name.endsWith('.map'));
    const leading = maps.filter(({ parentPath, name }) => {
      const { sources = [] } = JSON.parse(readFileSync(path.join(parentPath, name), 'utf8')) as { sources?: string[] };
      return sources.some((source) => path.isAbsolute(source));
    });
    expect(leading).toEqual([]);
  });

  test('is of a size that was meant', () => {
    const files = entriesOf(image.at('/app')).filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
    const mebibytes = bytes / 1024 ** 2;
    process.stdout.write(`the image adds ${mebibytes.toFixed(1)} MiB to that of Node\n`);
    expect(mebibytes).toBeLessThan(100);
  });
});

/** All that lie below, and no link is followed. */
function entriesOf(directory: string): Dirent[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true });
}

interface Device {
  readonly client: SyncClient;
  readonly notes: ReturnType<typeof createRepositories>['notes'];
  close(): void;
}
