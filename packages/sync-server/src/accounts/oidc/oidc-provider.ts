/**
 * The identity provider, found by discovery when it is first needed: the server starts without it, and asks again as long as
 * it does not answer.
 */
import * as client from 'openid-client';
import { ApiError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';

export interface OidcConfig {
  /** As it names itself. With http:// it is asked in the clear. */
  readonly issuer: string;
  readonly clientId: string;
  /** Without one the client is a public one, which PKCE alone protects. */
  readonly clientSecret?: string | undefined;
  readonly scopes?: string | undefined;
  /** What people see on the button. */
  readonly label?: string | undefined;
  /** Whether an account is theirs whose e-mail the provider has verified. */
  readonly trustEmails?: boolean | undefined;
}

export interface OidcProviderOptions {
  readonly config: OidcConfig;
  readonly logger: Logger;
  /** For each answer. */
  readonly timeoutMs?: number;
}

/** What is kept secret until the person is back. */
export interface OidcChecks {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface OidcPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
  readonly name: string;
}

export const DEFAULT_SCOPES = 'openid email profile';

const DEFAULT_TIMEOUT_MS = 10_000;

export class OidcProvider {
  readonly #options: OidcProviderOptions;
  #found: Promise<client.Configuration> | undefined;

  constructor(options: OidcProviderOptions) {
    this.#options = options;
  }

  /** Where to send the person. */
  async leave(redirectUri: string): Promise<OidcChecks & { readonly url: URL }> {
    const checks = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const configuration = await this.#configuration();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#options.config.scopes ?? DEFAULT_SCOPES,
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
      code_challenge_method: 'S256',
    });
    return { ...checks, url };
  }

  /** Who came back, by the URL that they came back to. Throws `oidc_failed`. */
  async welcome(url: URL, { state, nonce, verifier }: OidcChecks): Promise<OidcPerson> {
    const configuration = await this.#configuration();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new ApiError('oidc_failed', 'the identity provider did not say who it is');
      const more = await this.#userInfo(configuration, tokens.access_token, claims);
      return personOf(claims.iss, claims.sub, { ...more, ...claims });
    } catch (error) {
      throw this.#failed('the identity provider did not confirm the sign-in', error);
    }
  }

  /** Many providers put the e-mail there only. */
  async #userInfo(
    configuration: client.Configuration,
    accessToken: string,
    claims: client.IDToken,
  ): Promise<Readonly<Record<string, unknown>>> {
    if (claims['email'] !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return {};
    return client.fetchUserInfo(configuration, accessToken, claims.sub);
  }

  async #configuration(): Promise<client.Configuration> {
    this.#found ??= this.#discover();
    try {
      return await this.#found;
    } catch (error) {
      throw this.#failed('the identity provider cannot be reached', error);
    }
  }

  #discover(): Promise<client.Configuration> {
    const { config, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options;
    const { clientId, clientSecret } = config;
    const issuer = new URL(config.issuer);
    const found = client.discovery(
      issuer,
      clientId,
      clientSecret,
      clientSecret === undefined ? client.None() : undefined,
      {
        timeout: timeoutMs / 1000,
        execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
      },
    );
    found.catch(() => {
      this.#found = undefined;
    });
    return found;
  }

  #failed(message: string, cause: unknown): ApiError {
    if (cause instanceof ApiError) return cause;
    this.#options.logger.warn({ err: cause, issuer: this.#options.config.issuer }, message);
    return new ApiError('oidc_failed', message, { cause });
  }
}

function personOf(issuer: string, subject: string, claims: Readonly<Record<string, unknown>>): OidcPerson {
  const { email, email_verified: isVerified, name, preferred_username: username } = claims;
  const shown = [name, username].find((text) => typeof text === 'string');
  return {
    issuer,
    subject,
    email: typeof email === 'string' ? email : undefined,
    isEmailVerified: isVerified === true,
    name: typeof shown === 'string' ? shown : '',
  };
}
