/** What a device encrypts for its owner before anything leaves it. It needs WebCrypto, which browsers and Node have. */
export {
  createAccountSecret,
  unwrapSecret,
  wrapSecret,
  type AccountSecret,
  type WrappedSecret,
  type WrapOptions,
} from './account-secret.ts';
export { decryptApiKey, encryptApiKey, hintOf, type ApiKeyOwner } from './api-key-cipher.ts';
export { ApiKeyVault, type ApiKeyVaultOptions } from './api-key-vault.ts';
