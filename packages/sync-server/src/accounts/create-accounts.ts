/** Everything about accounts, put together: what the HTTP API and the commands of an admin are made on. */
import type { Authenticate } from '../auth/identity.ts';
import { systemClock, type Clock } from '../clock.ts';
import { silentLogger, type Logger } from '../logger.ts';
import { AccessTokens } from './access-token.ts';
import { AccountAdmin } from './account-admin.ts';
import type { AccountChanges } from './account-changes.ts';
import { AccountSecrets } from './account-secrets.ts';
import type { AccountStore } from './account-store.ts';
import { AccountUpkeep } from './account-upkeep.ts';
import { createAccountAuth } from './authenticate.ts';
import { Confirmation } from './confirmation.ts';
import { Devices } from './devices.ts';
import { OidcFlows } from './oidc/oidc-flow.ts';
import { OidcProvider, type OidcConfig } from './oidc/oidc-provider.ts';
import { OidcSignIn } from './oidc/oidc-sign-in.ts';
import { Passwords, type PasswordsOptions } from './passwords.ts';
import { Profiles } from './profiles.ts';
import { RefreshTokens } from './refresh-token.ts';
import { Sessions } from './sessions.ts';
import { PasswordSignIn } from './sign-in.ts';
import { Standings } from './standing.ts';
import { Throttle, type ThrottleRates } from './throttle.ts';

export interface AccountsOptions {
  readonly store: AccountStore;
  readonly changes: AccountChanges;
  /** The first signs, all verify. */
  readonly secrets: readonly string[];
  /** Knows the tokens that are of no account. */
  readonly others: Authenticate;
  readonly signup?: 'open' | 'closed';
  readonly oidc?: OidcConfig | undefined;
  /** How long after its end a token is still good, for clocks that differ. */
  readonly toleranceMs?: number;
  readonly rates?: Partial<ThrottleRates>;
  readonly hashing?: PasswordsOptions;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export interface Accounts {
  readonly authenticate: Authenticate;
  readonly signIn: PasswordSignIn;
  readonly sessions: Sessions;
  readonly throttle: Throttle;
  readonly profiles: Profiles;
  readonly secrets: AccountSecrets;
  readonly devices: Devices;
  readonly confirmation: Confirmation;
  readonly admin: AccountAdmin;
  readonly oidc: OidcSignIn | undefined;
  /** To be started and stopped. */
  readonly upkeep: AccountUpkeep;
}

const DEFAULT_LABEL = 'Single sign-on';

export function createAccounts(options: AccountsOptions): Accounts {
  const { store, changes, secrets, others, signup = 'closed', toleranceMs, rates, hashing } = options;
  const { clock = systemClock, logger = silentLogger } = options;
  const now = (): number => clock.now();
  const uptimeMs = (): number => clock.uptimeMs();
  const accessTokens = new AccessTokens({ secrets, now, ...(toleranceMs !== undefined && { toleranceMs }) });
  const standings = new Standings({ store, changes, uptimeMs });
  const sessions = new Sessions({ store, changes, refreshTokens: new RefreshTokens(secrets), accessTokens, clock });
  const passwords = new Passwords(hashing);
  const throttle = new Throttle({ uptimeMs, ...(rates && { rates }) });
  const confirmation = new Confirmation({ store, passwords, throttle, clock });
  const shared = { store, changes, sessions, passwords, throttle, confirmation, clock, logger, signup };
  return {
    authenticate: createAccountAuth({ accessTokens, standings, others }),
    sessions,
    throttle,
    confirmation,
    signIn: new PasswordSignIn(shared),
    profiles: new Profiles(shared),
    secrets: new AccountSecrets(shared),
    devices: new Devices(shared),
    admin: new AccountAdmin(shared),
    upkeep: new AccountUpkeep(shared),
    oidc: options.oidc && createOidc(options.oidc, { ...shared, flows: new OidcFlows(secrets, now) }),
  };
}

function createOidc(
  config: OidcConfig,
  services: Omit<ConstructorParameters<typeof OidcSignIn>[0], 'provider' | 'trustEmails' | 'label'> & {
    readonly logger: Logger;
  },
): OidcSignIn {
  const provider = new OidcProvider({ config, logger: services.logger });
  const { trustEmails = false, label = DEFAULT_LABEL } = config;
  return new OidcSignIn({ ...services, provider, trustEmails, label });
}
