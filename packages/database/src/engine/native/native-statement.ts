import type BetterSqlite3 from 'better-sqlite3';
import type { BindParameter, BindValue, RunResult, Statement } from '../driver.ts';

/**
 * better-sqlite3's statement, except that a lone surrogate is bound as U+FFFD. better-sqlite3 would store bytes that are
 * not UTF-8, which no other engine and no server could read back.
 */
export class NativeStatement implements Statement {
  readonly source: string;
  readonly reader: boolean;
  readonly #statement: BetterSqlite3.Statement;

  constructor(statement: BetterSqlite3.Statement) {
    this.#statement = statement;
    this.source = statement.source;
    this.reader = statement.reader;
  }

  run(...parameters: BindParameter[]): RunResult {
    return this.#statement.run(...wellFormed(parameters));
  }

  get(...parameters: BindParameter[]): unknown {
    return this.#statement.get(...wellFormed(parameters));
  }

  all(...parameters: BindParameter[]): unknown[] {
    return this.#statement.all(...wellFormed(parameters));
  }

  iterate(...parameters: BindParameter[]): IterableIterator<unknown> {
    return this.#statement.iterate(...wellFormed(parameters));
  }

  raw(on = true): this {
    this.#statement.raw(on);
    return this;
  }

  pluck(on = true): this {
    this.#statement.pluck(on);
    return this;
  }

  safeIntegers(on = true): this {
    this.#statement.safeIntegers(on);
    return this;
  }

  columns(): readonly { readonly name: string }[] {
    return this.#statement.columns();
  }
}

function wellFormed(parameters: BindParameter[]): BindParameter[] {
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i];
    if (typeof parameter === 'string') {
      if (!parameter.isWellFormed()) parameters[i] = parameter.toWellFormed();
    } else if (Array.isArray(parameter)) {
      parameters[i] = wellFormed([...(parameter as BindValue[])]) as BindValue[];
    } else if (isNamed(parameter)) {
      parameters[i] = Object.fromEntries(
        Object.entries(parameter).map(([name, value]) => [
          name,
          typeof value === 'string' ? value.toWellFormed() : value,
        ]),
      );
    }
  }
  return parameters;
}

/** Anything else that is an object is better-sqlite3's to refuse. */
function isNamed(parameter: BindParameter): parameter is Readonly<Record<string, BindValue>> {
  if (typeof parameter !== 'object' || parameter === null) return false;
  const prototype: unknown = Object.getPrototypeOf(parameter);
  return prototype === Object.prototype || prototype === null;
}
