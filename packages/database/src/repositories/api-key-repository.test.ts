import { describe, expect, test } from 'vitest';
import { cellsWrittenBy, openTestWorkspace } from '../testing/test-workspace.ts';

const KEY = { userId: 'ada', provider: 'anthropic', ciphertext: 'v1:abc', hint: '…9f3' };

describe('API keys', () => {
  const workspace = openTestWorkspace();
  const { apiKeys } = workspace;

  test('are one per member and provider', () => {
    apiKeys.set(KEY);
    apiKeys.set({ ...KEY, provider: 'openai' });
    apiKeys.set({ ...KEY, userId: 'ben', ciphertext: 'v1:ben' });
    expect(apiKeys.get('ada', 'anthropic')).toMatchObject(KEY);
    expect(apiKeys.list('ada').map(({ provider }) => provider)).toEqual(['anthropic', 'openai']);
    expect(apiKeys.get('ben', 'openai')).toBeUndefined();
  });

  test('are replaced by a new one', () => {
    workspace.clock.now++;
    apiKeys.set({ ...KEY, ciphertext: 'v1:new' });
    expect(apiKeys.get('ada', 'anthropic')).toMatchObject({
      ciphertext: 'v1:new',
      hint: '…9f3',
      updatedAt: workspace.clock.now,
    });
    workspace.clock.now++;
    expect(cellsWrittenBy(workspace, () => apiKeys.set({ ...KEY, ciphertext: 'v1:new' }))).toEqual([]);
  });

  test('need no hint', () => {
    const { hint: _hint, ...bare } = { ...KEY, userId: 'cleo' };
    apiKeys.set(bare);
    expect(apiKeys.get('cleo', 'anthropic')?.hint).toBe('');
  });

  test('are gone when removed', () => {
    apiKeys.remove('ada', 'anthropic');
    expect(apiKeys.get('ada', 'anthropic')).toBeUndefined();
    const rows = workspace.replica.sqlite.prepare(`SELECT * FROM api_keys WHERE user_id = 'ada'`).all();
    expect(JSON.stringify(rows)).not.toContain('v1:new');
  });

  test('in the trash of an older app are hidden, and set anew', () => {
    apiKeys.set(KEY);
    workspace.replica.sqlite.prepare('UPDATE api_keys SET deleted_at = 5 WHERE user_id = ?').run('ada');
    expect(apiKeys.get('ada', 'anthropic')).toBeUndefined();
    expect(apiKeys.list('ada')).toEqual([]);
    apiKeys.set(KEY);
    expect(apiKeys.get('ada', 'anthropic')).toMatchObject(KEY);
  });

  test.each([
    ['no ciphertext', { ...KEY, ciphertext: '' }],
    ['no member', { ...KEY, userId: '' }],
    ['no provider', { ...KEY, provider: ' ' }],
    ['a hint that tells too much', { ...KEY, hint: 'x'.repeat(17) }],
    ['a key in clear', { ...KEY, key: 'sk-123' }],
  ])('are refused: %s', (_, key) => {
    expect(() => apiKeys.set(key)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});
