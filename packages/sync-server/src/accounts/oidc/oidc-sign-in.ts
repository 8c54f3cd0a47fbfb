/**
 * Signing in at an identity provider. Who somebody is there (issuer and subject) decides which account it is; an e-mail says
 * so once, the first time, and only where the provider is trusted to have verified it. From then on the provider vouches for
 * the person, so what was set up before by whoever had that e-mail written down – its password, its sessions – is taken back.
 */
import type { Clock } from '../../clock.ts';
import type { CloudQueries } from '../../cloud/cloud-database.ts';
import { ApiError } from '../../errors.ts';
import type { AccountChanges } from '../account-changes.ts';
import type { AccountStore } from '../account-store.ts';
import { recordEvent } from '../audit.ts';
import { parseEmail } from '../email.ts';
import { cleanLabel, MAX_LABEL_CHARACTERS } from '../label.ts';
import { insertAccount } from '../new-account.ts';
import { endSessions, type DeviceRequest } from '../session-rows.ts';
import type { Sessions, SignedIn } from '../sessions.ts';
import type { User } from '../user.ts';
import type { OidcFlow, OidcFlows } from './oidc-flow.ts';
import type { OidcPerson, OidcProvider } from './oidc-provider.ts';

export interface OidcSignInOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  readonly sessions: Sessions;
  readonly provider: OidcProvider;
  readonly flows: OidcFlows;
  readonly clock: Clock;
  readonly signup: 'open' | 'closed';
  readonly trustEmails: boolean;
  readonly label: string;
}

export interface Departure {
  /** Where the provider sends the person back to. */
  readonly redirectUri: string;
  readonly returnTo: string;
  readonly device: DeviceRequest;
}

export interface Arrival {
  readonly flow: OidcFlow;
  /** As the provider has called it, beginning with the redirect URI. */
  readonly url: URL;
  readonly address: string | undefined;
}

export class OidcSignIn {
  readonly #options: OidcSignInOptions;

  constructor(options: OidcSignInOptions) {
    this.#options = options;
  }

  get label(): string {
    return this.#options.label;
  }

  /** Where to send the person, and what to keep in a cookie until they are back. */
  async leave({ redirectUri, returnTo, device }: Departure): Promise<{ readonly url: URL; readonly sealed: string }> {
    const { provider, flows } = this.#options;
    const { url, ...checks } = await provider.leave(redirectUri);
    return { url, sealed: await flows.seal({ ...checks, returnTo, device }) };
  }

  /** Throws `oidc_failed` where the cookie is missing, too old or not ours. */
  async openFlow(sealed: string | undefined): Promise<OidcFlow> {
    const flow = sealed === undefined ? undefined : await this.#options.flows.open(sealed);
    if (flow === undefined) throw new ApiError('oidc_failed', 'the sign-in was not begun here, or took too long');
    return flow;
  }

  /** Throws `oidc_failed`, `signup_closed` and `conflict`. */
  async arrive({ flow, url, address }: Arrival): Promise<SignedIn> {
    const { store, changes, sessions, provider } = this.#options;
    const person = await provider.welcome(url, flow);
    const { session, isLinked } = await store.transaction(async (queries) => {
      const known = await findIdentity(queries, person);
      const entered = known ?? (await this.#enter(queries, person, address));
      const { user } = entered;
      return {
        isLinked: entered.isLinked,
        session: await sessions.begin(queries, { user, device: flow.device, address }),
      };
    });
    if (isLinked) await changes.tell({ userId: session.user.id });
    return sessions.signedIn(session);
  }

  /** Somebody who was never here that way. */
  async #enter(queries: CloudQueries, person: OidcPerson, address: string | undefined): Promise<Entered> {
    const email = parseEmail(person.email ?? '');
    if (email === undefined) throw new ApiError('oidc_failed', 'the identity provider does not say the e-mail address');
    const [owner] = await queries.query<User>('SELECT id, email, name FROM auth.users WHERE email = $1 FOR UPDATE', [
      email,
    ]);
    if (owner !== undefined) return this.#link(queries, { person, owner, address });
    if (this.#options.signup === 'closed') throw new ApiError('signup_closed', 'this server takes no new accounts');
    const name = Array.from(cleanLabel(person.name)).slice(0, MAX_LABEL_CHARACTERS).join('');
    const id = await insertAccount(queries, { email, name, passwordHash: undefined, address });
    if (id === undefined) throw taken(email);
    await addIdentity(queries, person, id);
    return { user: { id, email, name }, isLinked: false };
  }

  async #link(
    queries: CloudQueries,
    {
      person,
      owner,
      address,
    }: { readonly person: OidcPerson; readonly owner: User; readonly address: string | undefined },
  ): Promise<Entered> {
    const { trustEmails, clock } = this.#options;
    if (!trustEmails || !person.isEmailVerified) throw taken(owner.email);
    const now = new Date(clock.now());
    await addIdentity(queries, person, owner.id);
    await queries.query(
      'UPDATE auth.users SET password_hash = NULL, password_changed_at = NULL, updated_at = $2 WHERE id = $1',
      [owner.id, now],
    );
    await endSessions(queries, { userId: owner.id, reason: 'password-changed', now });
    await recordEvent(queries, { kind: 'identity-linked', userId: owner.id, address, detail: person.issuer });
    return { user: owner, isLinked: true };
  }
}

interface Entered {
  readonly user: User;
  /** Whether an account that was there before is signed in to that way for the first time. */
  readonly isLinked: boolean;
}

async function findIdentity(queries: CloudQueries, { issuer, subject }: OidcPerson): Promise<Entered | undefined> {
  const [user] = await queries.query<User>(
    `SELECT u.id, u.email, u.name FROM auth.identities i JOIN auth.users u ON u.id = i.user_id
     WHERE i.issuer = $1 AND i.subject = $2`,
    [issuer, subject],
  );
  return user === undefined ? undefined : { user, isLinked: false };
}

async function addIdentity(queries: CloudQueries, { issuer, subject }: OidcPerson, userId: string): Promise<void> {
  await queries.query('INSERT INTO auth.identities (issuer, subject, user_id) VALUES ($1, $2, $3)', [
    issuer,
    subject,
    userId,
  ]);
}

function taken(email: string): ApiError {
  return new ApiError('conflict', `there is an account with the e-mail ${email} already: sign in with its password`);
}
