/**
 * Runs a command without its noise. A terminal sees one line that counts the seconds and then disappears; anything else,
 * such as a log of continuous integration, sees nothing until there is a result to report. What the command said is
 * written to a file that can be watched meanwhile.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import util from 'node:util';

/** Resolves, never rejects: `{ ok, status, output, seconds, logFile }`; there is a `logFile` only if one is left. */
export async function runQuietly({ label, keepLogOfFailure = false, ...command }) {
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-'));
  const logFile = path.join(directory, `${label}.log`);
  const startedAt = Date.now();
  const progress = showProgress(label, startedAt, logFile);
  const status = await runInto(logFile, command);
  progress.stop();

  const ok = status === 0;
  const output = util.stripVTControlCharacters(readFileSync(logFile, 'utf8'));
  const result = { ok, status, output, seconds: (Date.now() - startedAt) / 1000 };
  if (!ok && keepLogOfFailure) return { ...result, logFile };
  rmSync(directory, { recursive: true, force: true });
  return result;
}

/** The exit status, or a word for what happened instead. */
function runInto(logFile, { command, args, cwd, shell = false, timeLimitMs }) {
  const log = createWriteStream(logFile);
  // A group of its own can be ended with all that it started: a worker in an endless loop outlives its parent.
  const detached = timeLimitMs !== undefined && process.platform !== 'win32';
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, shell, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    const endChild = () => {
      if (child.pid !== undefined) process.kill(detached ? -child.pid : child.pid, 'SIGKILL');
    };
    const limit = timeLimitMs === undefined ? undefined : setTimeout(stopWaiting, timeLimitMs);
    if (detached) for (const signal of SIGNALS) process.once(signal, stopOnSignal);

    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('error', (error) => {
      log.write(`cannot run ${command}: ${error.message}\n`);
      finish('not started');
    });
    child.once('close', (code, signal) => finish(code ?? signal));

    function stopWaiting() {
      log.write(`\nstopped: it did not end within ${timeLimitMs / 1000} s\n`);
      endChild();
    }
    function stopOnSignal() {
      endChild();
      process.exit(130);
    }
    function finish(status) {
      clearTimeout(limit);
      for (const signal of SIGNALS) process.off(signal, stopOnSignal);
      log.end(() => resolve(status));
    }
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Short steps would only flicker; a long one also says where to look. */
const QUIET_MS = 300;
const LONG_MS = 5_000;
const REFRESH_MS = 250;
const CLEAR_LINE = '\r\u001b[2K';

function showProgress(label, startedAt, logFile) {
  if (!process.stdout.isTTY) return { stop() {} };
  const timer = setInterval(() => {
    const elapsedMs = Date.now() - startedAt;
    if (elapsedMs < QUIET_MS) return;
    const where = elapsedMs > LONG_MS ? ` (${logFile})` : '';
    const line = `...  ${label} ${Math.floor(elapsedMs / 1000)} s${where}`;
    process.stdout.write(CLEAR_LINE + line.slice(0, (process.stdout.columns || 80) - 1));
  }, REFRESH_MS);
  return {
    stop() {
      clearInterval(timer);
      process.stdout.write(CLEAR_LINE);
    },
  };
}
