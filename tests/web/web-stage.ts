/** A server, and devices: each a browser with a storage and a network of its own. */
import { randomUUID } from 'node:crypto';
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createProfile, type Profile } from '../browser/browser-process.ts';
import { launchChromium, type RunningChromium } from '../browser/chromium.ts';
import { AppServer, type AppServerOptions } from './app-server.ts';
import { AppTab, type Person } from './app-tab.ts';
import { buildApp } from './build-app.ts';
import { Line } from './line.ts';

/** With a profile on the disk: what a private window stores is another matter, to Chromium too. */
export class Device {
  readonly line: Line;
  readonly #chromium: RunningChromium;
  readonly #profile: Profile;

  private constructor(chromium: RunningChromium, profile: Profile, line: Line) {
    this.#chromium = chromium;
    this.#profile = profile;
    this.line = line;
  }

  static async open(port: number): Promise<Device> {
    const profile = createProfile();
    const [chromium, line] = await Promise.all([launchChromium(profile.path), Line.open(port)]);
    return new Device(chromium, profile, line);
  }

  get context(): BrowserContext {
    return this.#chromium.context;
  }

  async close(): Promise<void> {
    await this.#chromium.kill();
    this.line.close();
    this.#profile.remove();
  }

  /** A new tab, with nothing opened in it yet. */
  async blankTab(): Promise<AppTab> {
    return new AppTab(await this.context.newPage(), this.line.url);
  }

  async tab(path = '/'): Promise<AppTab> {
    return (await this.blankTab()).open(path);
  }
}

/** For the tests of one `describe`: opened before them, empty for each, and closed after them. */
export function setUpStage(options: Partial<AppServerOptions> = {}): WebStage {
  const stage = new WebStage();
  beforeAll(() => stage.open(options), 120_000);
  afterEach(() => stage.clear());
  afterAll(() => stage.close());
  return stage;
}

export class WebStage {
  readonly #devices: Device[] = [];
  #server: AppServer | undefined;

  async open(options: Partial<AppServerOptions>): Promise<void> {
    this.#server = await AppServer.start({ ...options, pages: options.pages ?? buildApp() });
  }

  get server(): AppServer {
    if (this.#server === undefined) throw new Error('the stage is not open');
    return this.#server;
  }

  async device(): Promise<Device> {
    const device = await Device.open(this.server.port);
    this.#devices.push(device);
    return device;
  }

  /** Somebody new who is signed in on this many devices, in one tab of each, with the list of notes open. */
  async personOn(
    devices: number,
  ): Promise<{ readonly person: Person; readonly tabs: AppTab[]; readonly devices: Device[] }> {
    const person = newPerson();
    const own: Device[] = [];
    const tabs: AppTab[] = [];
    for (let count = 0; count < devices; count++) {
      const device = await this.device();
      const tab = await device.blankTab();
      await (count === 0 ? tab.register(person) : tab.signIn(person));
      own.push(device);
      tabs.push(tab);
    }
    return { person, tabs, devices: own };
  }

  /** Between two tests. */
  async clear(): Promise<void> {
    await Promise.all(this.#devices.splice(0).map((device) => device.close()));
  }

  async close(): Promise<void> {
    await this.clear();
    await this.#server?.close();
  }
}

export function newPerson(name = 'Ann'): Person {
  return { name, email: `${name.toLowerCase()}-${randomUUID()}@example.org`, password: `${randomUUID()} of ${name}` };
}
