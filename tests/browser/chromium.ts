/** A real Chromium with a profile of its own, which can be closed like a window or killed like a crash. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { findChromium } from '../../scripts/setup-chromium.mjs';

const PROGRAM = findChromium();

/** Why there is no browser to test in; absent where there is one. */
export const CHROMIUM_FAULT: string | undefined =
  PROGRAM === undefined
    ? 'no Chromium or Chrome was found, and it could not be installed; set CHROMIUM_PATH or install one'
    : undefined;

/** Rarely more than a second, but a busy machine may take its time. */
export const START_LIMIT_MS = 60_000;

export interface RunningChromium {
  /** The profile's own context, not a private one: what it stores stays. */
  readonly context: BrowserContext;
  readonly browser: Browser;
  /** As a user closes it. */
  close(): Promise<void>;
  /** SIGKILL to all of its processes at once, with no warning to any. Harmless when it is over. */
  kill(): Promise<void>;
}

/** What a browser keeps between its runs. */
export interface Profile {
  readonly path: string;
  remove(): void;
}

export function createProfile(): Profile {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-browser-'));
  return {
    path: directory,
    remove: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

export async function launchChromium(profile: string, extraFlags: readonly string[] = []): Promise<RunningChromium> {
  if (PROGRAM === undefined) throw new Error(CHROMIUM_FAULT);
  const child = spawn(PROGRAM, [...FLAGS, ...extraFlags, `--user-data-dir=${profile}`, 'about:blank'], {
    // A process group of its own, so that one signal reaches every process of it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  let isOver = false;
  const kill = async (): Promise<void> => {
    // Later, another process could have its number.
    if (!isOver) killGroup(child);
    isOver = true;
    await exited;
  };
  try {
    const browser = await chromium.connectOverCDP(await addressOf(child), { timeout: START_LIMIT_MS });
    const [context] = browser.contexts();
    if (context === undefined) throw new Error('the browser has no context');
    return {
      browser,
      context,
      kill,
      close: async () => {
        const session = await browser.newBrowserCDPSession();
        // The answer may be lost with the browser.
        void session.send('Browser.close').catch(() => {});
        await exited;
        await kill();
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--metrics-recording-only',
  '--mute-audio',
  '--no-default-browser-check',
  '--no-first-run',
  '--password-store=basic',
  '--use-mock-keychain',
  '--remote-debugging-port=0',
];

async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('did not start in time'), START_LIMIT_MS);
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new Error(`Chromium ${what}: ${said.slice(-2_000)}`));
    };
    child.once('error', ({ message }) => fail(message));
    child.once('exit', (code, signal) => fail(`ended with ${String(code ?? signal)}`));
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // All of it has ended already.
  }
}
