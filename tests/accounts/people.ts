/** Persons who use a server over HTTP, and what they are told, held to the contract. */
import type { Contract, Operation } from './contract.ts';

export interface Asked {
  readonly token?: string | undefined;
  /** Of the path. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** Of a problem. */
  readonly code: string | undefined;
  readonly text: string;
  readonly headers: Headers;
}

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const PASSWORD = 'correct horse battery staple';

export class People {
  readonly contract: Contract;
  readonly #address: string;

  constructor(address: string, contract: Contract) {
    this.#address = address;
    this.contract = contract;
  }

  async ask(operationId: string, asked: Asked = {}): Promise<Answer> {
    const operation = this.contract.find(operationId);
    const { token, body, headers } = asked;
    const response = await fetch(`${this.#address}${pathOf(operation, asked)}`, {
      method: operation.method.toUpperCase(),
      redirect: 'manual',
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    this.contract.check(operation, response, text);
    const isProblem = response.headers.get('Content-Type') === 'application/problem+json';
    const code = isProblem ? (JSON.parse(text) as { code: string }).code : undefined;
    return { status: response.status, code, text, headers: response.headers };
  }

  async json<T>(operationId: string, asked: Asked = {}): Promise<T> {
    const { status, text } = await this.ask(operationId, asked);
    if (status >= 300) throw new Error(`${operationId} answered ${status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** With an account of their own, and signed in. */
  async person(name: string): Promise<Person> {
    const email = `${name.toLowerCase()}@example.org`;
    await this.json('register', { body: { email, password: PASSWORD, name } });
    return this.signIn(email);
  }

  async signIn(email: string, device = 'Laptop'): Promise<Person> {
    const {
      user,
      device: entered,
      ...tokens
    } = await this.json<SignedIn>('login', {
      body: { email, password: PASSWORD, device: { name: device, platform: 'web' } },
    });
    return { ...tokens, email, password: PASSWORD, userId: user.id, deviceId: entered.id };
  }
}

interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string };
  readonly device: { readonly id: string };
}

function pathOf({ path }: Operation, { parameters = {}, query }: Asked): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));
  return query === undefined ? filled : `${filled}?${query}`;
}
