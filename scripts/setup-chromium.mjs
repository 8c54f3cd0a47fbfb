/**
 * The browser that tests run in: CHROMIUM_PATH, else a Chromium or Chrome in one of the usual places. Where there is none
 * and this is a Debian whose root we are, it is installed; elsewhere the tests are skipped and say why.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** The program, or undefined where there is none. */
export function findChromium() {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return isProgram(given) ? given : undefined;
  return candidates().find(isProgram);
}

/** Does nothing where there is one already, and gives up quietly where it cannot be had. */
export function installChromium() {
  if (findChromium() !== undefined || process.env['CHROMIUM_PATH']) return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || findOnPath('apt-get') === undefined) return;
  console.log('Installing Chromium for the tests. This happens once.');
  if (!runAptGet(['install', ...UNATTENDED, 'chromium'])) {
    runAptGet(['update', ...IMPATIENT]);
    runAptGet(['install', ...UNATTENDED, 'chromium']);
  }
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MACOS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const WINDOWS = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];
const WINDOWS_ROOTS = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'];

/** Without a network apt-get would try for minutes. */
const IMPATIENT = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=15'];
const UNATTENDED = ['-y', '--no-install-recommends', ...IMPATIENT];
const TIME_LIMIT_MS = 5 * 60_000;

function candidates() {
  if (process.platform === 'darwin') return MACOS;
  if (process.platform === 'win32') {
    const roots = WINDOWS_ROOTS.map((name) => process.env[name]).filter((root) => root !== undefined);
    return roots.flatMap((root) => WINDOWS.map((file) => path.join(root, file)));
  }
  return NAMES.map(findOnPath).filter((program) => program !== undefined);
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
