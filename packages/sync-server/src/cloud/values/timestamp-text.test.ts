import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTimestampText, parseTimestampText } from './timestamp-text.ts';

test.each([
  ['2024-02-29 12:30:15', '2024-02-29T12:30:15.000Z'],
  ['2024-02-29 12:30:15.1', '2024-02-29T12:30:15.100Z'],
  ['2024-02-29 12:30:15.123999+00', '2024-02-29T12:30:15.123Z'],
  ['2024-02-29 12:30:15+05:30', '2024-02-29T07:00:15.000Z'],
  ['2024-02-29 12:30:15-00:30', '2024-02-29T13:00:15.000Z'],
  ['1880-01-01 00:00:00+00:53:28', '1879-12-31T23:06:32.000Z'],
  ['0044-03-15 12:00:00+00 BC', '-000043-03-15T12:00:00.000Z'],
  ['0050-01-01 00:00:00', '0050-01-01T00:00:00.000Z'],
  ['20000-01-01 00:00:00+00', '+020000-01-01T00:00:00.000Z'],
])('%s is %s', (text, iso) => {
  expect(parseTimestampText(text)?.toISOString()).toBe(iso);
});

test.each(['infinity', '-infinity', '294276-12-31 23:59:59+00', '29.02.2024 12:00:00 CET', '2024-02-29'])(
  '%s is no Date',
  (text) => {
    expect(parseTimestampText(text)).toBeUndefined();
  },
);

test('every moment is written in a way that PostgreSQL reads: four digits or more, no sign, BC behind', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      const text = formatTimestampText(date);
      expect(text).toMatch(/^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z( BC)?$/);
      const asAnswered = text.replace('T', ' ').replace('Z', '+00');
      expect(parseTimestampText(asAnswered)).toEqual(date);
    }),
  );
});
