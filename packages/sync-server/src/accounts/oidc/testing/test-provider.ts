/** A real identity provider on this machine, and a browser without a screen that signs in at it. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';

export interface TestPerson {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

export const CLIENT_ID = 'tributary-test';
export const CLIENT_SECRET = 'a secret between the two';

/** Who signs in there is what the interaction is answered with: `login` is the subject. */
export class TestProvider {
  readonly issuer: string;
  readonly people: Map<string, TestPerson>;
  readonly #server: Server;
  /** Answers instead of the provider, where it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;

  private constructor(issuer: string, people: Map<string, TestPerson>, server: Server) {
    this.issuer = issuer;
    this.people = people;
    this.#server = server;
  }

  static async start(redirectUri: string): Promise<TestProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const people = new Map<string, TestPerson>();
    const provider = new Provider(issuer, await configuration(people, redirectUri));
    const test = new TestProvider(issuer, people, server);
    const handle = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (test.intercept?.(request, response) === true) return;
      if (request.url?.startsWith('/sign-in/') === true) void interact(provider, request, response);
      else void handle(request, response);
    });
    return test;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Follows a person from the first address there to the one that leads back. */
  async signIn(url: string, subject: string): Promise<string> {
    const cookies = new Map<string, string>();
    for (let address = url; ;) {
      const target = new URL(address, this.issuer);
      if (target.origin !== this.issuer) return target.href;
      const response = await fetch(target, {
        redirect: 'manual',
        headers: {
          Cookie: Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; '),
          'X-Test-Subject': subject,
        },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      const next = response.headers.get('Location');
      if (next === null) throw new TypeError(`the provider stopped with ${response.status}: ${await response.text()}`);
      address = new URL(next, target).href;
    }
  }
}

async function configuration(people: Map<string, TestPerson>, redirectUri: string): Promise<Configuration> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = await exportJWK(privateKey);
  return {
    clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the provider'] },
    jwks: { keys: [{ ...key, alg: 'RS256', use: 'sig', kid: 'test' }] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
    pkce: { required: () => true },
    // The defaults say at length that they are defaults.
    ttl: { AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    findAccount: (_, subject) => ({
      accountId: subject,
      claims: () => ({ sub: subject, ...people.get(subject) }),
    }),
  };
}

/** The person signs in with the name in the header, and agrees to everything; `nobody` breaks off. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const subject = String(request.headers['x-test-subject']);
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (subject === 'nobody') {
    await provider.interactionFinished(request, response, { error: 'access_denied' });
    return;
  }
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: subject } });
    return;
  }
  const grant = new provider.Grant({
    clientId: String(params['client_id']),
    ...(session !== undefined && { accountId: session.accountId }),
  });
  grant.addOIDCScope('openid email profile');
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}
