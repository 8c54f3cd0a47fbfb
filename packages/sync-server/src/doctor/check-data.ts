/** The data directory: there, ours, with room, and closed to others. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { localSecretPath, MIN_SECRET_LENGTH } from '../auth/local-secret.ts';
import { bytesText } from '../cli/output/quantities.ts';
import { controlFilePath } from '../control/control-file.ts';
import { accessFaultOf } from '../data-access.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

const MIB = 1024 ** 2;
/** Below this, pushes are soon refused. */
const TOO_LITTLE_BYTES = 100 * MIB;
const LITTLE_BYTES = 1024 * MIB;
/** What others on the machine may do. */
const OTHERS = 0o077;

export interface DataRules {
  /** Whether tokens are checked with the secret in the directory. */
  readonly hasLocalSecret: boolean;
}

export function checkData(directory: string, { hasLocalSecret }: DataRules): Finding[] {
  const logFile = path.join(directory, 'log.db');
  const denied = accessFaultOf(logFile);
  if (denied !== undefined) return [wrong('data', denied.message, denied.remedy)];
  if (!existsSync(directory)) {
    const remedy = 'name the right one with --data, or start the server, which makes it';
    return [wrong('data', `${path.resolve(directory)} does not exist`, remedy)];
  }
  const findings = [checkWriting(directory), checkRoom(directory), checkPrivacy(directory), ...checkOwners(directory)];
  if (hasLocalSecret) findings.push(checkSecret(localSecretPath(directory)));
  return [...findings, ...checkControlFile(controlFilePath(directory))];
}

/** What the system permits and what the disk does are not the same. */
function checkWriting(directory: string): Finding {
  const file = path.join(directory, `doctor-${randomUUID()}`);
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, 'can this be written?');
    fsyncSync(descriptor);
    closeSync(descriptor);
    return ok('data', `${path.resolve(directory)} can be written`);
  } catch (error) {
    return wrong('data', `cannot write in ${directory}: ${(error as Error).message}`, 'look at the disk and at quotas');
  } finally {
    rmSync(file, { force: true });
  }
}

function checkRoom(directory: string): Finding {
  const { bavail, bsize } = statfsSync(directory);
  return roomFinding(bavail * bsize);
}

export function roomFinding(freeBytes: number): Finding {
  const says = `${bytesText(freeBytes)} free`;
  if (freeBytes < TOO_LITTLE_BYTES) return wrong('disk', says, 'make room: without it, edits are not taken in');
  return freeBytes < LITTLE_BYTES ? note('disk', says, 'make room before it is used up') : ok('disk', says);
}

function checkPrivacy(directory: string): Finding {
  const mode = statSync(directory).mode & 0o777;
  if ((mode & OTHERS) === 0) return ok('privacy', 'only its owner can enter the data directory');
  return note('privacy', `others can enter the data directory (${modeText(mode)})`, `chmod 700 ${directory}`);
}

/** A server that was once run as root leaves files that its own user cannot write. */
function checkOwners(directory: string): Finding[] {
  const { uid, gid } = statSync(directory);
  const strangers = ['log.db', 'log.db-wal', 'jwt-secret', 'postgres']
    .map((name) => path.join(directory, name))
    .filter((file) => existsSync(file) && statSync(file).uid !== uid);
  return strangers.map((file) =>
    wrong(
      'owner',
      `${file} belongs to user ${statSync(file).uid}, and its directory to user ${uid}`,
      `give all of it to the user that the server runs as: chown -R ${uid}:${gid} ${directory}`,
    ),
  );
}

function checkSecret(file: string): Finding {
  if (!existsSync(file)) return note('secret', `${file} does not exist`, 'the server makes it when it starts');
  const mode = statSync(file).mode & 0o777;
  if ((mode & OTHERS) !== 0) {
    const says = `${file} has the mode ${modeText(mode)}: others who read it can sign tokens`;
    return wrong('secret', says, `chmod 600 ${file}, and if others may have read it, replace it`);
  }
  if (readFileSync(file, 'utf8').trim().length < MIN_SECRET_LENGTH) {
    const says = `${file} holds fewer than ${MIN_SECRET_LENGTH} characters`;
    return wrong('secret', says, 'remove it, restart the server, and hand out new tokens');
  }
  return ok('secret', 'only its owner can read it');
}

function checkControlFile(file: string): Finding[] {
  if (!existsSync(file)) return [];
  const mode = statSync(file).mode & 0o777;
  if ((mode & OTHERS) === 0) return [];
  const says = `${file} has the mode ${modeText(mode)}: others who read it can command the server`;
  return [wrong('control', says, 'restart the server, which makes it anew')];
}

function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
