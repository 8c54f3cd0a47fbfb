import { describe, expect, test } from 'vitest';
import { runCommand } from './testing/run-command.ts';

describe('tributary help', () => {
  test('says everything there is', async () => {
    const helped = runCommand(['help']);
    expect(await helped.code).toBe(0);
    expect(helped.out).toMatchInlineSnapshot(`
      "Tributary: a relay for local-first data.

        tributary serve       Runs the relay and keeps the cloud copy.
        tributary token       Makes a token with which a client may connect.
        tributary user        Makes, lists and deletes accounts, shuts devices out, and gives plans.
        tributary workspace   Makes, lists and deletes workspaces, and says who is in them.
        tributary sql         Runs SQL on the cloud copy, to read unless it is told otherwise.
        tributary projection  Says how far the cloud copy is behind the log, or rebuilds it.
        tributary migrate     Brings the tables of the cloud copy to this version.
        tributary rollback    Takes migrations of the cloud copy back, for an older version.
        tributary fresh       Drops the cloud copy and makes it anew from the log.
        tributary maintain    Vacuums and analyzes, and says how large everything is.
        tributary doctor      Looks at everything, and says what is wrong and what to do.
        tributary seed        Writes a demo workspace, to look at and to try things with.
        tributary help        Says this. Each command has a --help of its own.
        tributary --version

      Options of the server, on the command line or in the environment:

        --port <number>
            The port to listen on. Default: 8787.
            TRIBUTARY_PORT, PORT
        --host <address>
            The address to listen on. The default is reachable from this machine only; 0.0.0.0 is every
            network that it is in, and needs a proxy with TLS in front. Default: 127.0.0.1.
            TRIBUTARY_HOST
        --data <directory>
            Where the log is kept. Back this up. Default: ./data.
            TRIBUTARY_DATA
        --database-url <url>
            The PostgreSQL that the cloud copy is kept in, as postgres://user:password@host/database.
            Without it, an embedded one lies in the data directory.
            TRIBUTARY_DATABASE_URL, TRIBUTARY_DATABASE_URL_FILE, DATABASE_URL
        --relay-only
            Keep no cloud copy: no search, no SQL.
            TRIBUTARY_RELAY_ONLY
        --jwt-secret <text>
            The secret that tokens are signed with (HS256), of 32 characters at least. Several are
            separated by commas: the first signs, all verify. Without it and --jwks-url, one is made in
            the data directory.
            TRIBUTARY_JWT_SECRET, TRIBUTARY_JWT_SECRET_FILE
        --jwks-url <url>
            Where an identity provider publishes the keys of its tokens (RS256, ES256, EdDSA).
            TRIBUTARY_JWKS_URL
        --jwt-issuer <text>
            Who has to have issued a token (iss).
            TRIBUTARY_JWT_ISSUER
        --jwt-audience <text>
            Whom a token has to be for (aud).
            TRIBUTARY_JWT_AUDIENCE
        --jwt-tolerance <time>
            How long after its end a token is still good, for clocks that differ. Default: 5s.
            TRIBUTARY_JWT_TOLERANCE
        --signup <open|closed>
            Whether people make accounts themselves. Closed, an admin makes them: tributary user add.
            Close it before strangers can reach the server. Default: open.
            TRIBUTARY_SIGNUP
        --public-url <url>
            Where browsers reach the server, for links and for coming back from a provider. Without it,
            what they ask for counts.
            TRIBUTARY_PUBLIC_URL
        --trusted-proxies <number>
            How many proxies of yours a request passes: so many of the last entries of X-Forwarded-For are
            believed, and X-Forwarded-Proto. Default: 0.
            TRIBUTARY_TRUSTED_PROXIES
        --oidc-issuer <url>
            An identity provider that people may sign in with (OpenID Connect). It is found by discovery,
            and sends them back to /v1/auth/oidc/callback.
            TRIBUTARY_OIDC_ISSUER
        --oidc-client-id <text>
            What this server is called at the identity provider.
            TRIBUTARY_OIDC_CLIENT_ID
        --oidc-client-secret <text>
            The secret that goes with it; none for a public client.
            TRIBUTARY_OIDC_CLIENT_SECRET, TRIBUTARY_OIDC_CLIENT_SECRET_FILE
        --oidc-scopes <text>
            What is asked of it, separated by spaces: openid email profile.
            TRIBUTARY_OIDC_SCOPES
        --oidc-label <text>
            What people read on the button.
            TRIBUTARY_OIDC_LABEL
        --oidc-trust-emails
            Whoever has a verified e-mail there signs in to the account that has it here. Only for a
            provider that verifies them.
            TRIBUTARY_OIDC_TRUST_EMAILS
        --plans <file>
            What people may use, as JSON; docs/operations.md shows one. Without it there is one plan,
            without limits.
            TRIBUTARY_PLANS
        --billing-grace <time>
            How long somebody whose payment has failed keeps the plan. Default: 14d.
            TRIBUTARY_BILLING_GRACE
        --stripe-key <text>
            The secret key of Stripe. Without it nobody can pay from here.
            TRIBUTARY_STRIPE_KEY, TRIBUTARY_STRIPE_KEY_FILE
        --stripe-webhook-secret <text>
            What Stripe signs its events with, which it sends to /v1/billing/webhook. Several are
            separated by commas.
            TRIBUTARY_STRIPE_WEBHOOK_SECRET, TRIBUTARY_STRIPE_WEBHOOK_SECRET_FILE
        --pages <directory>
            A build of the app, for browsers. Without it, the one that comes with the server, if there is
            one.
            TRIBUTARY_PAGES
        --allowed-origins <origins>
            Web pages of these origins may connect, besides those of the same host. Separated by commas; *
            is all.
            TRIBUTARY_ALLOWED_ORIGINS
        --strict-names
            Refuse tables and columns that this version does not know, instead of keeping some for newer
            apps.
            TRIBUTARY_STRICT_NAMES
        --log-level <level>
            What is logged: error, warn, info, debug, silent. Default: info.
            TRIBUTARY_LOG_LEVEL
        --drain-timeout <time>
            How long connections may take to end when the server is stopped. Default: 10s.
            TRIBUTARY_DRAIN_TIMEOUT
        --heartbeat <time>
            After so long a silence a client is asked whether it is there; after twice as long it is gone.
            Default: 30s.
            TRIBUTARY_HEARTBEAT
        --max-connections <number>
            Connections in all. Default: 10000.
            TRIBUTARY_MAX_CONNECTIONS
        --max-connections-per-user <number>
            Connections of one user. Default: 50.
            TRIBUTARY_MAX_CONNECTIONS_PER_USER
        --max-frame-size <size>
            Bytes in one message. Default: 4MiB.
            TRIBUTARY_MAX_FRAME_SIZE
        --max-version-size <size>
            Bytes in one transaction of a client. Default: 64MiB.
            TRIBUTARY_MAX_VERSION_SIZE
        --max-value-size <size>
            Bytes in one value. Default: 1MiB.
            TRIBUTARY_MAX_VALUE_SIZE
        --max-changes-per-batch <number>
            Changes in one message. Default: 10000.
            TRIBUTARY_MAX_CHANGES_PER_BATCH
        --max-unknown-names <number>
            Tables and columns of newer apps in one workspace. Default: 200.
            TRIBUTARY_MAX_UNKNOWN_NAMES
        --frames-per-second <number>
            Messages of one connection in the long run. Default: 500.
            TRIBUTARY_FRAMES_PER_SECOND
        --changes-per-second <number>
            Changes of one user in the long run. Default: 200000.
            TRIBUTARY_CHANGES_PER_SECOND
        --searches-per-second <number>
            Searches of one user in the long run. Default: 10.
            TRIBUTARY_SEARCHES_PER_SECOND
        --search-timeout <time>
            How long one search may take. Default: 2s.
            TRIBUTARY_SEARCH_TIMEOUT
        --embeddings-url <url>
            Where texts become vectors, for search by meaning: any endpoint that speaks OpenAI’s
            /v1/embeddings. It is sent what people write. Needs --embeddings-model, and the extension
            vector in PostgreSQL.
            TRIBUTARY_EMBEDDINGS_URL
        --embeddings-model <name>
            The model that the endpoint is asked for. With another one, all vectors are made anew.
            TRIBUTARY_EMBEDDINGS_MODEL
        --embeddings-key <text>
            What the endpoint lets in, sent as a bearer token.
            TRIBUTARY_EMBEDDINGS_KEY, TRIBUTARY_EMBEDDINGS_KEY_FILE
        --bytes-per-second <size>
            Bytes of changes of one user in the long run. Default: 20MiB.
            TRIBUTARY_BYTES_PER_SECOND
      "
    `);
  });

  test.each([[[]], [['--help']], [['serve', '--help']], [['-h']]])('is what %j says', async (args) => {
    const asked = runCommand(args);
    expect(await asked.code).toBe(0);
    expect(asked.out).toContain('tributary serve');
  });

  test('has no line that is too long for a terminal', async () => {
    const helped = runCommand(['help']);
    await helped.code;
    expect(Math.max(...helped.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});

test('--version is that of the package', async () => {
  const asked = runCommand(['--version']);
  expect(await asked.code).toBe(0);
  expect(asked.out).toBe('1.2.3\n');
});

test('a command that does not exist is told with the nearest that does', async () => {
  const asked = runCommand(['sevre']);
  expect(await asked.code).toBe(2);
  expect(asked.err).toContain('there is no command sevre; did you mean serve?');
});
