/** A server, a browser program, and devices: each with a storage and a network of its own. */
import { randomUUID } from 'node:crypto';
import type { BrowserContext } from 'playwright-core';
import { createProfile, launchChromium, type RunningChromium } from '../browser/chromium.ts';
import { AppServer, type AppServerOptions } from './app-server.ts';
import { AppTab, type Person } from './app-tab.ts';
import { buildApp } from './build-app.ts';
import { Line } from './line.ts';

export class Device {
  readonly context: BrowserContext;
  readonly line: Line;

  constructor(context: BrowserContext, line: Line) {
    this.context = context;
    this.line = line;
  }

  /** A new tab, with nothing opened in it yet. */
  async blankTab(): Promise<AppTab> {
    return new AppTab(await this.context.newPage(), this.line.url);
  }

  async tab(path = '/'): Promise<AppTab> {
    return (await this.blankTab()).open(path);
  }
}

export class WebStage {
  readonly server: AppServer;
  readonly #chromium: RunningChromium;
  readonly #profile: ReturnType<typeof createProfile>;
  readonly #devices: Device[] = [];

  private constructor(server: AppServer, chromium: RunningChromium, profile: ReturnType<typeof createProfile>) {
    this.server = server;
    this.#chromium = chromium;
    this.#profile = profile;
  }

  static async open(options: Partial<AppServerOptions> = {}): Promise<WebStage> {
    const pages = options.pages ?? buildApp();
    const profile = createProfile();
    const server = await AppServer.start({ ...options, pages });
    try {
      return new WebStage(server, await launchChromium(profile.path), profile);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  async device(): Promise<Device> {
    const [context, line] = await Promise.all([this.#chromium.browser.newContext(), Line.open(this.server.port)]);
    const device = new Device(context, line);
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
    for (const { context, line } of this.#devices.splice(0)) {
      await context.close();
      line.close();
    }
  }

  async close(): Promise<void> {
    await this.clear();
    await Promise.all([this.#chromium.close(), this.server.close()]);
    this.#profile.remove();
  }
}

export function newPerson(name = 'Ann'): Person {
  return { name, email: `${name.toLowerCase()}-${randomUUID()}@example.org`, password: `${randomUUID()} of ${name}` };
}
