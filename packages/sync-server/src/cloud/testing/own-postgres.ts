/** A PostgreSQL for the length of some tests: its programs found, a directory made, a server started and stopped. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';

export interface OwnPostgres {
  readonly url: string;
  /** As a crash: at once, without a checkpoint. */
  halt(): void;
  resume(): void;
  /** For good. */
  stop(): Promise<void>;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const DEBIAN_ROOT = '/usr/lib/postgresql';
/** Who runs the server where the tests run as root, which PostgreSQL refuses. */
const ORDINARY_USERS = ['postgres', 'nobody'];

/** The directory with initdb and pg_ctl: the newest of Debian's, or the one on PATH. */
export function findPostgresPrograms(): string | undefined {
  const versions = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT) : [];
  const debian = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(DEBIAN_ROOT, version, 'bin'));
  // oxlint-disable-next-line node/no-process-env -- where else would PATH be
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter);
  return [...debian, ...onPath].find((directory) =>
    ['initdb', 'pg_ctl'].every((program) => existsSync(path.join(directory, program))),
  );
}

/** With a password its users must give theirs; without one it trusts them. */
export async function startPostgres({ password }: { readonly password?: string } = {}): Promise<OwnPostgres> {
  const programs = findPostgresPrograms();
  if (programs === undefined) throw new TypeError('there is no PostgreSQL to start');
  const account = ordinaryAccount();
  const directory = mkdtempSync(path.join(tmpdir(), 'tributary-postgres-'));
  chmodSync(directory, 0o700);
  if (account !== undefined) chownSync(directory, account.uid, account.gid);
  const data = path.join(directory, 'data');
  const passwordFile = path.join(directory, 'password');
  const run = (program: string, args: readonly string[]): void => {
    runAs(account, path.join(programs, program), ['-D', data, ...args]);
  };
  const auth = password === undefined ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  if (password !== undefined) writeFileSync(passwordFile, password, { mode: 0o644 });
  run('initdb', ['--username=postgres', ...auth, '--encoding=UTF8', '--locale=C', '--no-sync']);
  const port = await freePort();
  const options = `-F -p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`;
  const start = (): void =>
    run('pg_ctl', ['start', '--wait', `--log=${path.join(directory, 'log')}`, `--options=${options}`]);
  const halt = (): void => run('pg_ctl', ['stop', '--wait', '--mode=immediate']);
  start();
  return {
    url: `postgres://postgres${password === undefined ? '' : `:${encodeURIComponent(password)}`}@127.0.0.1:${port}/postgres`,
    halt,
    resume: start,
    async stop() {
      halt();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function runAs(account: Account | undefined, program: string, args: readonly string[]): void {
  const [command, ...rest] =
    account === undefined ? [program, ...args] : ['runuser', '-u', account.name, '--', program, ...args];
  // Without pipes: a server that inherits one would keep us waiting for as long as it runs.
  const { status, error } = spawnSync(command ?? program, rest, { stdio: 'ignore', cwd: tmpdir() });
  if (status !== 0) throw new TypeError(`${path.basename(program)} failed with ${status}`, { cause: error });
}

/** Undefined where we are one ourselves. */
function ordinaryAccount(): Account | undefined {
  if (userInfo().uid !== 0) return undefined;
  for (const name of ORDINARY_USERS) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new TypeError(`root cannot run PostgreSQL, and there is no user ${ORDINARY_USERS.join(' or ')}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
