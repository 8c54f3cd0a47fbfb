/** A real Chromium with a profile of its own, which can be closed like a window or killed like a crash. */
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { findChromium } from '../../scripts/setup-browsers.mjs';
import { BrowserProcess, START_LIMIT_MS } from './browser-process.ts';

const PROGRAM = findChromium();

/** Why there is no browser to test in; absent where there is one. */
export const CHROMIUM_FAULT: string | undefined =
  PROGRAM === undefined
    ? 'no Chromium or Chrome was found, and it could not be installed; set CHROMIUM_PATH or install one'
    : undefined;

export interface RunningChromium {
  /** The profile's own context, not a private one: what it stores stays. */
  readonly context: BrowserContext;
  readonly browser: Browser;
  /** As a user closes it. */
  close(): Promise<void>;
  /** SIGKILL to all of its processes at once, with no warning to any. Harmless when it is over. */
  kill(): Promise<void>;
}

export async function launchChromium(profile: string, extraFlags: readonly string[] = []): Promise<RunningChromium> {
  if (PROGRAM === undefined) throw new Error(CHROMIUM_FAULT);
  const flags = [...FLAGS, ...extraFlags, `--user-data-dir=${profile}`, 'about:blank'];
  const process = new BrowserProcess(PROGRAM, flags);
  try {
    const address = await process.addressAfter('DevTools listening on');
    const browser = await chromium.connectOverCDP(address, { timeout: START_LIMIT_MS });
    const [context] = browser.contexts();
    if (context === undefined) throw new Error('the browser has no context');
    return {
      browser,
      context,
      kill: () => process.kill(),
      close: async () => {
        const session = await browser.newBrowserCDPSession();
        // The answer may be lost with the browser.
        void session.send('Browser.close').catch(() => {});
        await process.exited;
        await process.kill();
      },
    };
  } catch (error) {
    await process.kill();
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
