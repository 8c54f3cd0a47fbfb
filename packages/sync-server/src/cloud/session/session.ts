/** One session of PostgreSQL on the wire, below the values: what the two adapters implement. */
import type { CloudError } from '../cloud-error.ts';
import type { WireParam } from '../values/encode-param.ts';

/** `failed` is a transaction of which a statement has failed: only its end, or that of a savepoint, is accepted. */
export type TransactionStatus = 'idle' | 'open' | 'failed';

/** A session that is `lost` answers everything with the reason. */
export type SessionStatus = TransactionStatus | 'lost';

export interface Session {
  /** After the last statement, failed or not. */
  readonly status: SessionStatus;
  /** By the extended protocol: exactly one statement. Fails with a CloudError. Not while another is running. */
  query(sql: string, params: readonly WireParam[]): Promise<WireResult>;
  /** By the simple protocol: any number of statements. */
  execute(sql: string): Promise<void>;
  /** Ends the session without waiting for anything; what is running in it fails with the error. */
  abort(error: CloudError): void;
}

export interface WireResult {
  readonly fields: readonly WireField[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** The first word of the command's tag. */
  readonly command: string;
  readonly rowCount: number;
}

export interface WireField {
  readonly name: string;
  readonly typeOid: number;
}

/** Where sessions come from. */
export interface SessionSource {
  readonly kind: 'postgres' | 'pglite';
  /** The session is the job's alone until it settles, and then whoever else's. */
  use<T>(job: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
