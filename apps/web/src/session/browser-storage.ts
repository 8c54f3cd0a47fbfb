/** What the browser remembers by itself; where site data is blocked even asking for it throws. */
import { SavedAccount } from './saved-account.ts';

/** Undefined where the browser remembers nothing. */
export function openSavedAccount(): SavedAccount | undefined {
  try {
    return new SavedAccount(localStorage, sessionStorage);
  } catch {
    return undefined;
  }
}
