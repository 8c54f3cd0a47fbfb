/** Everything the doctor looks at, in the order in which one thing stands on another. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { withOperations } from '../cli/with-operations.ts';
import type { Config } from '../config/config.ts';
import { ControlClient } from '../control/control-client.ts';
import { diagnoseCloud } from '../control/operations/diagnose-cloud.ts';
import { workspaceHeads } from '../control/operations/workspace-heads.ts';
import { bytesText, plural } from '../cli/output/quantities.ts';
import { ServerError } from '../errors.ts';
import type { OwnManifest } from '../own-manifest.ts';
import { cloudFault, cloudFindings } from './check-cloud.ts';
import { checkData } from './check-data.ts';
import { checkLog } from './check-log.ts';
import { checkNode } from './check-node.ts';
import { checkAbsentServer, checkRunningServer } from './check-server.ts';
import { checkUrl } from './check-url.ts';
import { doctorLogin } from './doctor-login.ts';
import { note, ok, wrong, type Finding } from './finding.ts';
import { sizeOfLog } from './size-of-log.ts';

export interface Examination {
  readonly config: Config;
  readonly manifest: OwnManifest;
  /** As devices reach the server. */
  readonly url: string | undefined;
  readonly idleMs: number;
}

export async function* examine({ config, manifest, url, idleMs }: Examination): AsyncGenerator<Finding> {
  yield checkNode(process.versions.node, manifest.engines.node);
  const hasData = existsSync(config.dataDirectory);
  if (hasData || url === undefined) yield* examineHere(config, manifest);
  else yield note('data', `${path.resolve(config.dataDirectory)} does not exist: only the address is looked at`);
  if (url !== undefined)
    yield* checkUrl({ url, idle: { durationMs: idleMs, login: await doctorLogin(config, idleMs) } });
}

async function* examineHere(config: Config, { version }: OwnManifest): AsyncGenerator<Finding> {
  const { dataDirectory, jwtSecrets, jwksUrl } = config;
  yield* checkData(dataDirectory, { hasLocalSecret: jwtSecrets === undefined && jwksUrl === undefined });
  const server = await ControlClient.find(dataDirectory);
  if (server === undefined) {
    const stranger = strangerTo(dataDirectory);
    yield stranger ?? checkLog(dataDirectory);
    yield* await checkAbsentServer(config);
    // What is opened as somebody else may be left to that one.
    if (stranger !== undefined && config.databaseUrl === undefined) return;
  } else {
    yield* await checkRunningServer(server, version);
    yield await runningLog(server, dataDirectory);
  }
  yield* await examineCloud(config, server !== undefined);
}

/** Undefined for the owner of the data. Root may open it, too, and its files would then keep the owner out. */
function strangerTo(dataDirectory: string): Finding | undefined {
  const user = process.geteuid?.();
  const owner = statSync(dataDirectory, { throwIfNoEntry: false })?.uid;
  if (user === undefined || owner === undefined || user === owner) return undefined;
  const says = `the data belongs to user ${owner}, and this runs as user ${user}: log and embedded PostgreSQL stay shut`;
  return note('user', says, `run it as that user: sudo -u '#${owner}' …`);
}

async function runningLog(server: ControlClient, dataDirectory: string): Promise<Finding> {
  try {
    const workspaces = await server.call(workspaceHeads, {}, () => undefined);
    const entries = workspaces.reduce((sum, { head }) => sum + head, 0);
    const counts = `${plural(workspaces.length, 'workspace')}, ${plural(entries, 'entry', 'entries')}`;
    return ok('log', `the server has it open: ${bytesText(sizeOfLog(dataDirectory))}, ${counts}`);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return wrong('log', error.message, 'look at what the server logged last');
  }
}

async function examineCloud(config: Config, isServing: boolean): Promise<Finding[]> {
  const { relayOnly, databaseUrl, dataDirectory, embeddingsUrl } = config;
  if (relayOnly) return [ok('PostgreSQL', 'none is kept (--relay-only)')];
  if (databaseUrl === undefined && !isServing && !existsSync(path.join(dataDirectory, 'postgres'))) {
    return [note('PostgreSQL', 'there is no embedded one yet', 'the server makes it when it starts')];
  }
  try {
    const diagnosis = await withOperations(config, { log: false }, ({ call }) => call(diagnoseCloud, {}));
    return cloudFindings(diagnosis, { isServing, wantsVectors: embeddingsUrl !== undefined });
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return [cloudFault(error)];
  }
}
