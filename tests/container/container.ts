/** A built image, running: its entry point with its environment, as its own user, on a volume. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { freePort } from '../network/free-port.ts';
import { waitUntil } from '../network/wait-until.ts';
import type { Image } from './build-image.ts';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Container {
  readonly port: number;
  readonly #image: Image;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #ended: Promise<Ended> | undefined;

  private constructor(image: Image, { port, volume }: { readonly port: number; readonly volume: string }) {
    this.port = port;
    this.#image = image;
    // Here many share one network, and the port of the image may be taken.
    const places = { TRIBUTARY_DATA: volume, TRIBUTARY_PORT: `${port}`, TRIBUTARY_HOST: '127.0.0.1' };
    this.#env = { ...image.start.env, ...places };
  }

  static async on(image: Image, volume: string): Promise<Container> {
    return new Container(image, { port: await freePort(), volume });
  }

  start(): void {
    const { child, ended } = this.#spawn(this.#image.start.command);
    this.#child = child;
    this.#ended = ended;
  }

  /** Within the time that a container has to become healthy. */
  async untilHealthy(timeoutMs = 60_000): Promise<void> {
    const isHealthy = async (): Promise<boolean> => (await this.healthcheck()).code === 0;
    await waitUntil(isHealthy, { timeoutMs, what: 'the container is healthy' });
  }

  healthcheck(): Promise<Ended> {
    const [command = '', ...args] = this.#image.start.healthcheck;
    return this.#spawnCommand(command, args).ended;
  }

  /** `docker exec`, with another command of the entry point. */
  exec(...args: readonly string[]): Promise<Ended> {
    return this.#spawn(args).ended;
  }

  /** As `docker stop` does, without losing patience. */
  async stop(): Promise<Ended | undefined> {
    this.#child?.kill('SIGTERM');
    return this.#ended;
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  #spawn(args: readonly string[]): Spawned {
    const [command = '', ...first] = this.#image.start.entrypoint;
    return this.#spawnCommand(command, [...first, ...args]);
  }

  #spawnCommand(command: string, args: readonly string[]): Spawned {
    const { uid, gid } = this.#image.start;
    const options = { env: this.#env, uid, gid, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] as 'pipe'[] };
    const child = spawn(command, args, options);
    let [out, err] = ['', ''];
    child.stdout?.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (err += text.toString()));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, out, err }));
    });
    return { child, ended };
  }
}

interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** A new volume has the owner of the directory that it is mounted at. */
export function createVolume(directory: string, { uid, gid }: { readonly uid: number; readonly gid: number }): string {
  mkdirSync(directory, { mode: 0o700 });
  if (process.getuid?.() === 0) chownSync(directory, uid, gid);
  return directory;
}
