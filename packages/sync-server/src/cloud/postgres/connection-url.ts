/** The URL of a PostgreSQL, as `psql` understands it. No message here repeats it, for it may hold a password. */
import { ServerError } from '../../errors.ts';

export interface ConnectionUrl {
  /** For pg. */
  readonly connectionString: string;
  /** For people: where it leads, and nothing secret. */
  readonly place: string;
}

export function parseConnectionUrl(text: string): ConnectionUrl {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== 'postgres' && scheme !== 'postgresql') {
    const found = scheme === undefined ? 'without a scheme' : `with the scheme ${scheme}`;
    throw invalid(`it begins with postgres:// (or postgresql://), and this one is ${found}`);
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid(
      'it has the form postgres://user:password@host:5432/database; special characters are percent-encoded',
    );
  }
  const { searchParams } = url;
  // Without this pg takes `require` for `verify-full`, and warns that it will not for ever.
  if (searchParams.has('sslmode') && searchParams.get('sslmode') !== 'no-verify') {
    searchParams.set('uselibpqcompat', 'true');
  }
  return { connectionString: url.href, place: placeOf(url) };
}

function placeOf({ hostname, port, pathname, searchParams }: URL): string {
  const host = searchParams.get('host') ?? (decodeURIComponent(hostname) || 'localhost');
  const database = decodeURIComponent(pathname.slice(1));
  return `${host}:${searchParams.get('port') ?? (port || '5432')}${database && `, database ${database}`}`;
}

function invalid(rule: string): ServerError {
  return new ServerError('config_invalid', `the URL of the database cannot be used: ${rule}`);
}
