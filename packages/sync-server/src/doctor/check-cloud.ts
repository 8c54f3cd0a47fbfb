/** What was learned of PostgreSQL, as findings. */
import { countText, durationText, plural } from '../cli/output/quantities.ts';
import { CloudError } from '../cloud/cloud-error.ts';
import type { CloudDiagnosis, Extension } from '../control/operations/diagnose-cloud.ts';
import type { ServerError } from '../errors.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

const OLDEST_VERSION = 150_000;
/** A copy that is later than this is worth a word, and one that is later than that does not catch up. */
const LATE_MS = 10_000;
const STUCK_MS = 5 * 60_000;
/** Clocks of a machine that is kept on time do not differ by more. */
const MAX_SKEW_MS = 2_000;

export interface CloudRules {
  readonly isServing: boolean;
  /** Whether search by meaning is configured. */
  readonly wantsVectors: boolean;
}

export function cloudFindings(diagnosis: CloudDiagnosis, rules: CloudRules): Finding[] {
  return [
    versionFinding(diagnosis),
    migrationsFinding(diagnosis, rules),
    rightsFinding(diagnosis),
    ...diagnosis.extensions.map((extension) => extensionFinding(extension, rules)),
    skewFinding('clock', 'PostgreSQL', diagnosis.clock),
    ...copyFindings(diagnosis, rules),
  ];
}

/** Where it could not even be asked. */
export function cloudFault(error: ServerError): Finding {
  if (error.code === 'cloud_absent') return note('PostgreSQL', error.message);
  const sqlState = error instanceof CloudError ? error.sqlState : undefined;
  const remedy = REMEDIES[sqlState ?? ''] ?? REMEDIES[error.code] ?? 'see docs/errors.md';
  return wrong('PostgreSQL', error.message, remedy);
}

/** By the SQLSTATE of what was refused, or by our own code. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28P01': 'give the right password in DATABASE_URL',
  '28000': 'allow this user and address in pg_hba.conf, or name another user in DATABASE_URL',
  '3D000': 'make the database, as its owner: createdb <name>',
  '42501': 'make the user in DATABASE_URL the owner of the database and of what is in it',
  '53300': 'raise max_connections in PostgreSQL, or end what holds them',
  cloud_unavailable:
    'see that it runs, and that host and port in DATABASE_URL are right; meanwhile edits are kept in the log',
  data_in_use: 'stop what has it open, or wait for a server that is just starting',
  data_unusable: 'see that the data directory is whole and belongs to this user',
  server_lost: 'restart the server with this version, or use the doctor of the other one',
  config_invalid: 'correct DATABASE_URL',
};

export function skewFinding(
  about: string,
  whose: string,
  { aheadMs, errorMs }: { readonly aheadMs: number; readonly errorMs: number },
): Finding {
  const isSame = Math.abs(aheadMs) <= errorMs + MAX_SKEW_MS;
  if (isSame) return ok(about, `that of ${whose} agrees with this machine’s`);
  const says = `that of ${whose} is ${durationText(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine’s`;
  return wrong(about, says, 'keep both machines on time (NTP): tokens and the times of edits depend on it');
}

function versionFinding({ kind, version, versionNumber }: CloudDiagnosis): Finding {
  const says = `${version}${kind === 'pglite' ? ', embedded' : ''}`;
  if (versionNumber >= OLDEST_VERSION) return ok('PostgreSQL', says);
  return wrong('PostgreSQL', `${says} is too old`, 'use PostgreSQL 15 or later');
}

function migrationsFinding({ migrations: { applied, pending, unknown } }: CloudDiagnosis, rules: CloudRules): Finding {
  if (unknown.length > 0) {
    const says = `${unknown.join(', ')} came from a newer version`;
    return wrong('migrations', says, 'run the newer version, or take them back with its tributary rollback');
  }
  if (pending.length === 0) return ok('migrations', `all ${applied.length} are applied`);
  const says = `${pending.length} of ${applied.length + pending.length} are not applied: ${pending.join(', ')}`;
  if (rules.isServing) return wrong('migrations', says, 'tributary migrate, and look why the server did not');
  return note('migrations', says, 'start the server, which applies them, or run tributary migrate');
}

function rightsFinding({ rights, migrations }: CloudDiagnosis): Finding {
  const { user, isReadOnly, mayCreate, deniedTables } = rights;
  if (isReadOnly) {
    const remedy = 'name the primary in DATABASE_URL, and not a standby';
    return wrong('rights', 'the database can only be read', remedy);
  }
  if (deniedTables.length > 0) {
    const [first] = deniedTables;
    const says = `${user} neither owns nor may write ${plural(deniedTables.length, 'table')}, such as ${first}`;
    return wrong('rights', says, `give them to that user: REASSIGN OWNED BY <owner> TO ${user}`);
  }
  if (!mayCreate && migrations.pending.length > 0) {
    const says = `${user} may not create schemas in the database`;
    return wrong('rights', says, `as its owner: GRANT CREATE ON DATABASE <name> TO ${user}`);
  }
  return ok('rights', `${user} may do what is needed`);
}

const LOST_WITHOUT: Readonly<Record<string, string>> = {
  pg_trgm: 'search does not forgive typing mistakes',
  vector: 'search is by words, and not by meaning',
};

function extensionFinding({ name, state }: Extension, { wantsVectors }: CloudRules): Finding {
  const lost = LOST_WITHOUT[name] ?? '';
  if (state === 'installed') return ok(name, 'installed');
  if (name === 'vector' && !wantsVectors) return ok(name, `not in use: ${lost}`);
  const create = `as an administrator: CREATE EXTENSION ${name}`;
  const remedy = state === 'available' ? create : `install it beside PostgreSQL, and then, ${create}`;
  return note(name, `not installed: ${lost}`, remedy);
}

function copyFindings({ copy }: CloudDiagnosis, { isServing }: CloudRules): Finding[] {
  if (copy === undefined) return [note('copy', 'nothing was projected yet')];
  return [lagFinding(copy, isServing), quarantineFinding(copy), queueFinding(copy, isServing)];
}

type Copy = NonNullable<CloudDiagnosis['copy']>;

function lagFinding({ entriesBehind, lagMs }: Copy, isServing: boolean): Finding {
  if (entriesBehind === 0) return ok('copy', 'has all of the log, as far as the projector has seen it');
  const says = `${plural(entriesBehind, 'entry', 'entries')} behind, for ${durationText(lagMs)}`;
  if (!isServing) return note('copy', says, 'it catches up when the server runs');
  if (lagMs > STUCK_MS) return wrong('copy', says, 'the log of the server says why (projector_failures_total)');
  return lagMs > LATE_MS ? note('copy', says, 'it catches up by itself; look again in a minute') : ok('copy', says);
}

function quarantineFinding({ quarantined }: Copy): Finding {
  if (quarantined === 0) return ok('quarantine', 'empty');
  const says = `${countText(quarantined)} values could not be stored as their columns want`;
  return note('quarantine', says, 'tributary sql "SELECT * FROM sync.quarantine" says which, and why');
}

function queueFinding({ queued, oldestQueuedMs }: Copy, isServing: boolean): Finding {
  if (queued === 0) return ok('search', 'everything is indexed');
  const says = `${plural(queued, 'document')} not indexed yet, for ${durationText(oldestQueuedMs)}`;
  if (!isServing) return note('search', says, 'they are indexed when the server runs');
  return oldestQueuedMs > STUCK_MS ? wrong('search', says, 'the log of the server says why') : ok('search', says);
}
