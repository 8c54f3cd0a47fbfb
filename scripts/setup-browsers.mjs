/**
 * The browsers that tests run in: CHROMIUM_PATH and FIREFOX_PATH, else what is in one of the usual places. Where one is missing
 * and this is a Debian whose root we are, it is installed; elsewhere its tests are skipped and say why.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

const CHROMIUM = {
  variable: 'CHROMIUM_PATH',
  debianPackage: 'chromium',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  macos: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  windows: ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'],
};

const FIREFOX = {
  variable: 'FIREFOX_PATH',
  debianPackage: 'firefox-esr',
  names: ['firefox-esr', 'firefox'],
  macos: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
  windows: ['Mozilla Firefox\\firefox.exe'],
};

/** The program, or undefined where there is none. */
export function findChromium() {
  return find(CHROMIUM);
}

/** The program, or undefined where there is none. */
export function findFirefox() {
  return find(FIREFOX);
}

/** Does nothing where there are both already, and gives up quietly where they cannot be had. */
export function installBrowsers() {
  const missing = [CHROMIUM, FIREFOX]
    .filter((browser) => find(browser) === undefined && !process.env[browser.variable])
    .map(({ debianPackage }) => debianPackage);
  if (missing.length === 0 || !mayInstall()) return;
  console.log(`Installing ${missing.join(' and ')} for the tests. This happens once.`);
  if (!runAptGet(['install', ...UNATTENDED, ...missing])) {
    runAptGet(['update', ...IMPATIENT]);
    runAptGet(['install', ...UNATTENDED, ...missing]);
  }
}

const WINDOWS_ROOTS = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'];

/** Without a network apt-get would try for minutes. */
const IMPATIENT = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=15'];
const UNATTENDED = ['-y', '--no-install-recommends', ...IMPATIENT];
const TIME_LIMIT_MS = 5 * 60_000;

function mayInstall() {
  return process.platform === 'linux' && process.getuid?.() === 0 && findOnPath('apt-get') !== undefined;
}

function find(browser) {
  const given = process.env[browser.variable];
  if (given) return isProgram(given) ? given : undefined;
  return candidates(browser).find(isProgram);
}

function candidates({ names, macos, windows }) {
  if (process.platform === 'darwin') return macos;
  if (process.platform === 'win32') {
    const roots = WINDOWS_ROOTS.map((name) => process.env[name]).filter((root) => root !== undefined);
    return roots.flatMap((root) => windows.map((file) => path.join(root, file)));
  }
  return names.map(findOnPath).filter((program) => program !== undefined);
}

function findOnPath(name) {
  const directories = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  return directories.map((directory) => path.join(directory, name)).find(isProgram);
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function runAptGet(args) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { env: environment, stdio: 'ignore', timeout: TIME_LIMIT_MS });
  return status === 0;
}
