/**
 * Passwords as argon2id keeps them. Hashing takes about 15 ms of a core and 19 MiB, on threads that the log and PGlite need
 * too, so only a few run at once and only so many wait: a storm of sign-ins slows down sign-ins and nothing else.
 */
import { availableParallelism } from 'node:os';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { WorkQueue } from './work-queue.ts';

export interface PasswordsOptions {
  readonly concurrency?: number;
  readonly maxWaiting?: number;
}

export interface PasswordCheck {
  readonly isRight: boolean;
  /** Whether the hash was made with other parameters than today's. */
  readonly isOutdated: boolean;
}

/** What OWASP recommends: 19 MiB, two passes, one lane. The algorithm is argon2id by default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Of the four threads that libuv has for everybody. */
const MAX_THREADS = 2;
const DEFAULT_MAX_WAITING = 200;
const RETRY_MS = 2_000;

export class Passwords {
  readonly #queue: WorkQueue;
  /** What is compared with where there is no account, so that it takes as long. */
  #nobody: Promise<string> | undefined;

  constructor(options: PasswordsOptions = {}) {
    const { concurrency = Math.min(MAX_THREADS, Math.max(1, availableParallelism() - 1)) } = options;
    const { maxWaiting = DEFAULT_MAX_WAITING } = options;
    this.#queue = new WorkQueue({ concurrency, maxWaiting, retryAfterMs: RETRY_MS });
  }

  hash(password: string): Promise<string> {
    return this.#queue.run(() => hash(normalized(password), PARAMETERS));
  }

  /** Takes as long for an account without a password, or without there being one, as for a wrong one. */
  async check(password: string, hashed: string | null | undefined): Promise<PasswordCheck> {
    const nobody = await this.#hashOfNobody();
    const compared = hashed ?? nobody;
    const isSame = await this.#queue.run(() => verify(compared, normalized(password)));
    const isRight = isSame && typeof hashed === 'string';
    return { isRight, isOutdated: isRight && isOutdated(compared) };
  }

  #hashOfNobody(): Promise<string> {
    this.#nobody ??= hash('', PARAMETERS);
    return this.#nobody;
  }
}

/** The same password, however the keyboard has put its accents together. */
function normalized(password: string): string {
  return password.normalize('NFKC');
}

function isOutdated(hashed: string): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(hashed);
  return (
    memoryCost !== PARAMETERS.memoryCost ||
    timeCost !== PARAMETERS.timeCost ||
    parallelism !== PARAMETERS.parallelism ||
    !hashed.startsWith('$argon2id$')
  );
}
