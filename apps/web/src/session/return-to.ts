/** Where somebody wanted to go before they had to sign in. It may hold a secret, so it is kept in the tab and in no address. */
const KEY = 'tributary.return-to';

export function rememberReturn(path: string): void {
  sessionStorage.setItem(KEY, path);
}

export function takeReturn(): string {
  const path = sessionStorage.getItem(KEY) ?? '/';
  sessionStorage.removeItem(KEY);
  return path;
}
