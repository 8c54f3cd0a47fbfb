import { describe, expect, test } from 'vitest';
import { WORKSPACE_SETTINGS } from './setting-repository.ts';
import { cellsWrittenBy, columnsWrittenBy, exchange, openTestWorkspace } from '../testing/test-workspace.ts';

const REFUSED = expect.objectContaining({ code: 'invalid_input' });

describe('a setting', () => {
  const workspace = openTestWorkspace();
  const { settings } = workspace;

  test.each([true, 0, -1.5, 'dark', '', null, [], {}, { nested: [1, { deep: 'é' }] }])('holds %j', (value) => {
    settings.set('ada', 'value', value);
    expect(settings.get('ada', 'value')).toEqual(value);
  });

  test('is undefined until it is set, and after it is removed', () => {
    expect(settings.get('ada', 'fresh')).toBeUndefined();
    settings.set('ada', 'fresh', 1);
    settings.remove('ada', 'fresh');
    expect(settings.get('ada', 'fresh')).toBeUndefined();
    expect(cellsWrittenBy(workspace, () => settings.remove('ada', 'fresh'))).toEqual([]);
  });

  test('belongs to one member, or to the workspace', () => {
    settings.set('ada', 'theme', 'dark');
    settings.set(WORKSPACE_SETTINGS, 'theme', 'light');
    expect(settings.get('ada', 'theme')).toBe('dark');
    expect(settings.get(WORKSPACE_SETTINGS, 'theme')).toBe('light');
    expect(settings.get('ben', 'theme')).toBeUndefined();
  });

  test('that is set to what it is writes nothing', () => {
    settings.set('ada', 'layout', { columns: 2 });
    workspace.clock.now++;
    expect(cellsWrittenBy(workspace, () => settings.set('ada', 'layout', { columns: 2 }))).toEqual([]);
    expect(columnsWrittenBy(workspace, () => settings.set('ada', 'layout', { columns: 3 }))).toEqual([
      'settings.updated_at',
      'settings.value',
    ]);
  });

  test.each([
    ['undefined', () => settings.set('ada', 'a', undefined)],
    ['a function', () => settings.set('ada', 'a', () => 1)],
    ['a date', () => settings.set('ada', 'a', new Date())],
    ['a number that is none', () => settings.set('ada', 'a', Number.NaN)],
    ['a large value', () => settings.set('ada', 'a', 'x'.repeat(1_000_000))],
    ['an empty key', () => settings.set('ada', '', 1)],
    ['no key', () => settings.get('ada', undefined as unknown as string)],
    ['no member', () => settings.all(null as unknown as string)],
  ])('is refused: %s', (_, call) => {
    expect(call).toThrow(REFUSED);
  });
});

test('all settings of a member come by key', () => {
  const { settings } = openTestWorkspace();
  settings.set('ada', 'b', 1);
  settings.set('ada', 'a', null);
  settings.set('ada', '__proto__', 2);
  settings.set('ben', 'c', 3);
  expect(Object.entries(settings.all('ada'))).toEqual([
    ['__proto__', 2],
    ['a', null],
    ['b', 1],
  ]);
  expect(settings.all('nobody')).toEqual({});
});

test('two devices that set two keys at once keep both', () => {
  const [one, other] = [openTestWorkspace(), openTestWorkspace()];
  one.settings.set('ada', 'theme', 'dark');
  other.settings.set('ada', 'language', 'de');
  exchange(one, other);
  expect(one.settings.all('ada')).toEqual({ language: 'de', theme: 'dark' });
  expect(other.settings.all('ada')).toEqual({ language: 'de', theme: 'dark' });
});
