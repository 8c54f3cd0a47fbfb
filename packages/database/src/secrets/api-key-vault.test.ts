import { describe, expect, test } from 'vitest';
import { openTestWorkspace } from '../testing/test-workspace.ts';
import { createAccountSecret } from './account-secret.ts';
import { decryptApiKey, encryptApiKey, hintOf } from './api-key-cipher.ts';
import { ApiKeyVault } from './api-key-vault.ts';

const KEY = 'sk-ant-api03-Zk9QmXw7Lr2TnVbP-9f3c';
const ADA = { userId: 'ada', provider: 'anthropic' };

const unreadable = expect.objectContaining({ name: 'DatabaseError', code: 'api_key_unreadable' }) as Error;

describe('an encrypted API key', () => {
  const secret = createAccountSecret();

  test.each([KEY, '', 'ключ 🔑', 'x'.repeat(5000)])('is the same when it is decrypted', async (key) => {
    const ciphertext = await encryptApiKey(secret, ADA, key);
    expect(ciphertext).toMatch(/^v1\.[\w-]+$/);
    expect(await decryptApiKey(secret, ADA, ciphertext)).toBe(key);
  });

  test('is never the same text twice', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => encryptApiKey(secret, ADA, KEY)));
    expect(new Set(all).size).toBe(100);
  });

  test('with any character changed, or some missing, is refused', async () => {
    const ciphertext = await encryptApiKey(secret, ADA, KEY);
    for (let at = 0; at < ciphertext.length; at++) {
      const other = ciphertext[at] === 'A' ? 'B' : 'A';
      const damaged = ciphertext.slice(0, at) + other + ciphertext.slice(at + 1);
      await expect(decryptApiKey(secret, ADA, damaged)).rejects.toThrow(unreadable);
      await expect(decryptApiKey(secret, ADA, ciphertext.slice(0, at))).rejects.toThrow(unreadable);
    }
  });

  test.each([KEY, '', 'v1', 'v1.', 'v1.***', 'v2.AAAA', `v1.${'A'.repeat(37)}`])(
    'is refused where it is no such text: %s',
    async (text) => {
      await expect(decryptApiKey(secret, ADA, text)).rejects.toThrow(unreadable);
    },
  );

  test('in the row of another account or provider is refused', async () => {
    const ciphertext = await encryptApiKey(secret, ADA, KEY);
    for (const owner of [
      { ...ADA, userId: 'ben' },
      { ...ADA, provider: 'openai' },
      { userId: 'adaanthropic', provider: '' },
      { userId: 'ada","anthropic', provider: '' },
    ]) {
      await expect(decryptApiKey(secret, owner, ciphertext)).rejects.toThrow(unreadable);
    }
  });

  test('is refused with another secret', async () => {
    const ciphertext = await encryptApiKey(secret, ADA, KEY);
    await expect(decryptApiKey(createAccountSecret(), ADA, ciphertext)).rejects.toThrow(unreadable);
  });
});

test.each([
  [KEY, '…9f3c'],
  ['exactly-sixteen!', '…een!'],
  ['fifteen-letters', ''],
  ['', ''],
  ['0123456789abcdef🔑🔒🔓🗝', '…🔑🔒🔓🗝'],
])('the hint of %s is %j', (key, hint) => {
  expect(hintOf(key)).toBe(hint);
});

describe('the vault', () => {
  const secret = createAccountSecret();
  const open = (userId = 'ada', own = secret) => {
    const workspace = openTestWorkspace();
    return { workspace, vault: new ApiKeyVault({ apiKeys: workspace.apiKeys, userId, secret: own }) };
  };

  test('gives back what it was given, for each provider', async () => {
    const { vault } = open();
    await vault.store('anthropic', KEY);
    await vault.store(' openai ', 'sk-other');
    expect(await vault.reveal('anthropic')).toBe(KEY);
    expect(await vault.reveal('openai')).toBe('sk-other');
    expect(await vault.reveal('mistral')).toBeUndefined();
    await vault.store('anthropic', 'sk-new');
    expect(await vault.reveal('anthropic')).toBe('sk-new');
  });

  test('writes nothing for the same key', async () => {
    const { workspace, vault } = open();
    await vault.store('anthropic', KEY);
    const before = workspace.replica.dbVersion;
    await vault.store('anthropic', KEY);
    expect(workspace.replica.dbVersion).toBe(before);
  });

  test('shows nobody else’s keys, and replaces what it cannot read', async () => {
    const { workspace, vault } = open();
    await vault.store('anthropic', KEY);
    const { apiKeys } = workspace;
    const ofBen = new ApiKeyVault({ apiKeys, userId: 'ben', secret: createAccountSecret() });
    expect(await ofBen.reveal('anthropic')).toBeUndefined();
    const renewed = new ApiKeyVault({ apiKeys, userId: 'ada', secret: createAccountSecret() });
    await expect(renewed.reveal('anthropic')).rejects.toThrow(unreadable);
    await renewed.store('anthropic', KEY);
    expect(await renewed.reveal('anthropic')).toBe(KEY);
  });

  test('finds that a row was swapped for another', async () => {
    const { workspace, vault } = open();
    await vault.store('anthropic', KEY);
    await vault.store('openai', 'sk-other');
    const { apiKeys } = workspace;
    const { ciphertext } = apiKeys.get('ada', 'openai')!;
    apiKeys.set({ ...ADA, ciphertext });
    await expect(vault.reveal('anthropic')).rejects.toThrow(unreadable);
  });

  test('lets nothing of a key leave the device but its hint', async () => {
    const { workspace, vault } = open();
    await vault.store('anthropic', KEY);
    const { changes } = workspace.replica.ownChanges({ after: 0, maxCells: 1_000 });
    const values = Array.from(changes, ({ pk, val }) => [pk, val]).flat();
    expect(values.length).toBeGreaterThan(4);
    const texts = values.flatMap(encodings);
    expect(texts.some((text) => text.includes('9f3c'))).toBe(true);
    for (const part of parts(KEY, 6)) expect(texts.filter((text) => text.includes(part))).toEqual([]);
    for (const part of parts(Buffer.from(KEY).toString('base64'), 10)) {
      expect(texts.filter((text) => text.includes(part))).toEqual([]);
    }
  });
});

/** A value as text, as bytes, and what it says in base64. */
function encodings(value: unknown): string[] {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
  const decoded = text.split('.').map((piece) => Buffer.from(piece, 'base64').toString('latin1'));
  return [text, ...decoded];
}

function parts(text: string, length: number): string[] {
  return Array.from({ length: text.length - length + 1 }, (_, at) => text.slice(at, at + length));
}
