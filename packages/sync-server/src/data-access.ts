/**
 * Why this process cannot use a file of the data directory: most often the directory, or a volume of a container, is
 * somebody else's. The system says no more than that something was denied; this says whose it is and what to do.
 */
import { accessSync, constants, statSync, type Stats } from 'node:fs';
import path from 'node:path';

export interface AccessFault {
  readonly message: string;
  readonly remedy: string;
}

/** Undefined where nothing is denied. */
export function accessFaultOf(file: string): AccessFault | undefined {
  const directory = path.dirname(path.resolve(file));
  const directoryStats = statsOf(directory);
  if (directoryStats === undefined) return parentFaultOf(directory);
  if (!directoryStats.isDirectory()) {
    return { message: `${directory} is no directory`, remedy: 'name another one with --data' };
  }
  const denied = deniedOf(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  if (denied !== undefined) return faultOf(directory, directoryStats, { denied, directory });
  const fileStats = statsOf(file);
  if (fileStats === undefined) return undefined;
  const deniedFile = deniedOf(file, constants.R_OK | constants.W_OK);
  return deniedFile === undefined
    ? undefined
    : faultOf(path.resolve(file), fileStats, { denied: deniedFile, directory });
}

/** For the end of a message about the file. */
export function accessAdvice(file: string): string {
  const fault = accessFaultOf(file);
  return fault === undefined ? '' : `: ${fault.message}; ${fault.remedy}`;
}

/** Of the nearest directory that there is: it would have to be made there. */
function parentFaultOf(missing: string): AccessFault | undefined {
  const parent = path.dirname(missing);
  const stats = statsOf(parent);
  if (stats === undefined) return parent === missing ? undefined : parentFaultOf(parent);
  const denied = stats.isDirectory() ? deniedOf(parent, constants.W_OK | constants.X_OK) : 'ENOTDIR';
  if (denied === undefined) return undefined;
  const message = `${missing} does not exist, and cannot be made in ${parent}`;
  const user = userId();
  const make = `make it for this user: mkdir -p ${missing} && chown ${user} ${missing}`;
  return { message, remedy: denied === 'EACCES' ? make : 'name another one with --data' };
}

interface Denied {
  readonly denied: string;
  readonly directory: string;
}

function faultOf(place: string, { uid, mode }: Stats, { denied, directory }: Denied): AccessFault {
  if (denied === 'EROFS') {
    return { message: `${place} lies on a file system that can only be read`, remedy: 'mount it to be written to' };
  }
  const user = userId();
  if (uid === process.geteuid?.()) {
    const bits = (mode & 0o777).toString(8).padStart(4, '0');
    return { message: `${place} has the mode ${bits}, which keeps its owner out`, remedy: `chmod u+rwX ${place}` };
  }
  return {
    message: `${place} belongs to user ${uid}, and this process is user ${user}, who may not write there`,
    remedy: `give it to that user: chown -R ${user} ${directory}, or run as user ${uid}`,
  };
}

function userId(): string {
  return `${process.geteuid?.() ?? ''}:${process.getegid?.() ?? ''}`;
}

function statsOf(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch {
    return undefined;
  }
}

/** The code of what the system says. */
function deniedOf(place: string, mode: number): string | undefined {
  try {
    accessSync(place, mode);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EACCES';
  }
}
