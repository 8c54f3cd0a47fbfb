export interface ToldTest {
  /** The suites around it, and its own name last. */
  readonly name: readonly string[];
  readonly state: string;
  /** Why it failed. */
  readonly message: string;
}

export function runTests(collect: () => unknown): Promise<ToldTest[]>;
