/**
 * PostgreSQL's protocol to the PGlite in this thread. Its own `query` would guess at types in both directions and take six
 * trips into wasm; one message with everything takes one, and the texts of the values come out as they are.
 */
import { protocol, type PGlite } from '@electric-sql/pglite';
import type { SqlFault } from '../cloud-error.ts';
import type { TransactionStatus, WireField, WireResult } from '../session/session.ts';
import type { WireParam } from '../values/encode-param.ts';

const { serialize } = protocol;

type Messages = typeof protocol.messages;

/** The messages that matter here, by their names. */
interface MessagesByName {
  readonly rowDescription: InstanceType<Messages['RowDescriptionMessage']>;
  readonly dataRow: InstanceType<Messages['DataRowMessage']>;
  readonly commandComplete: InstanceType<Messages['CommandCompleteMessage']>;
  readonly readyForQuery: InstanceType<Messages['ReadyForQueryMessage']>;
  readonly error: InstanceType<Messages['DatabaseError']>;
}

export interface Exchange {
  readonly status: TransactionStatus;
  readonly outcome: { readonly result: WireResult } | { readonly fault: SqlFault };
}

const STATUS: Readonly<Record<string, TransactionStatus>> = { I: 'idle', T: 'open', E: 'failed' };

export function exchangeQuery(pglite: PGlite, sql: string, params: readonly WireParam[]): Promise<Exchange> {
  return exchange(pglite, [
    serialize.parse({ text: sql }),
    serialize.bind({ values: [...params] }),
    serialize.describe({ type: 'P' }),
    serialize.execute({}),
    serialize.sync(),
  ]);
}

export function exchangeExecute(pglite: PGlite, sql: string): Promise<Exchange> {
  return exchange(pglite, [serialize.query(sql)]);
}

async function exchange(pglite: PGlite, messages: readonly Uint8Array[]): Promise<Exchange> {
  const answers = await pglite.execProtocolStream(Buffer.concat(messages), { throwOnError: false, syncToFs: false });
  const result = { fields: [] as readonly WireField[], rows: [] as (string | null)[][], command: '', rowCount: 0 };
  let status: TransactionStatus = 'failed';
  let fault: SqlFault | undefined;
  for (const answer of answers) {
    if (isA(answer, 'rowDescription')) result.fields = fieldsOf(answer);
    else if (isA(answer, 'dataRow')) result.rows.push(answer.fields);
    else if (isA(answer, 'commandComplete')) Object.assign(result, tagOf(answer));
    else if (isA(answer, 'readyForQuery')) status = STATUS[answer.status] ?? 'failed';
    else if (isA(answer, 'error')) fault ??= faultOf(answer);
  }
  return { status, outcome: fault === undefined ? { result } : { fault } };
}

function isA<Name extends keyof MessagesByName>(
  answer: { readonly name: string },
  name: Name,
): answer is MessagesByName[Name] {
  return answer.name === name;
}

function fieldsOf({ fields }: MessagesByName['rowDescription']): WireField[] {
  return fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }));
}

/** `SELECT 2`, `INSERT 0 5`, `CREATE TABLE` */
function tagOf({ text }: MessagesByName['commandComplete']): Pick<WireResult, 'command' | 'rowCount'> {
  const words = text.split(' ');
  return { command: words[0] ?? '', rowCount: Number(words.at(-1)) || 0 };
}

function faultOf({ code, message, detail, hint, constraint, position }: MessagesByName['error']): SqlFault {
  return {
    sqlState: code ?? 'XX000',
    message,
    detail,
    hint,
    constraint,
    position: position === undefined ? undefined : Number(position),
  };
}
