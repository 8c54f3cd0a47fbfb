import { DATABASE_ERRORS } from '@tributary/database/browser';
import { TABS_ERRORS } from '@tributary/sync/tabs';
import { expect, test } from 'vitest';
import { failureText } from './failure-text.ts';

test('each failure of opening has a page that says what to do', () => {
  for (const code of [...Object.keys(DATABASE_ERRORS), ...Object.keys(TABS_ERRORS), undefined, 'toString']) {
    const { title, advice } = failureText(code);
    expect([title, advice].every((text) => typeof text === 'string' && text.length > 10)).toBe(true);
  }
});

test('what goes away by itself can be tried again, and another version needs a reload', () => {
  expect(failureText('file_in_use')).toMatchObject({ title: 'Your notes are open elsewhere', action: 'retry' });
  expect(failureText('storage_unavailable').action).toBe('retry');
  expect(failureText('app_outdated').action).toBe('reload');
  expect(failureText('file_newer_than_app').action).toBe('reload');
});
