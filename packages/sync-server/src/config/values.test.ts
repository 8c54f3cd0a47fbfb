import { expect, test } from 'vitest';
import { count, duration, flag, oneOf, origins, port, secrets, size, text, url, type ValueSchema } from './values.ts';

function read(schema: ValueSchema<unknown>, written: string): unknown {
  const result = schema.safeParse(written);
  return result.success ? result.data : 'fault';
}

test.each<[string, ValueSchema<unknown>, string, unknown]>([
  ['a text', text, 'as it is ', 'as it is '],
  ['a flag', flag, 'true', true],
  ['a flag', flag, 'false', false],
  ['a flag', flag, '1', 'fault'],
  ['a port', port, '0', 0],
  ['a port', port, '65535', 65_535],
  ['a port', port, '65536', 'fault'],
  ['a port', port, '80a', 'fault'],
  ['a port', port, ' 80', 'fault'],
  ['a count', count, '1', 1],
  ['a count', count, '0', 'fault'],
  ['a count', count, '1e3', 'fault'],
  ['a count', count, '99999999999999999999', 'fault'],
  ['a duration', duration, '250ms', 250],
  ['a duration', duration, '30s', 30_000],
  ['a duration', duration, '5m', 300_000],
  ['a duration', duration, '12h', 43_200_000],
  ['a duration', duration, '30d', 2_592_000_000],
  ['a duration', duration, '0s', 'fault'],
  ['a duration', duration, '30', 'fault'],
  ['a duration', duration, '-1s', 'fault'],
  ['a duration', duration, '1w', 'fault'],
  ['a size', size, '512', 512],
  ['a size', size, '64KiB', 65_536],
  ['a size', size, '4MiB', 4_194_304],
  ['a size', size, '1GiB', 1_073_741_824],
  ['a size', size, '4MB', 'fault'],
  ['a size', size, '1.5MiB', 'fault'],
  ['a size', size, '', 'fault'],
  ['a URL', url, 'https://a.example/keys', 'https://a.example/keys'],
  ['a URL', url, 'ftp://a.example', 'fault'],
  ['a URL', url, 'javascript:alert(1)', 'fault'],
  ['origins', origins, '*', ['*']],
  ['origins', origins, 'https://a.example,, http://localhost:5173 ', ['https://a.example', 'http://localhost:5173']],
  ['origins', origins, 'https://a.example/', 'fault'],
  ['origins', origins, 'a.example', 'fault'],
  ['a choice', oneOf(['a', 'b']), 'b', 'b'],
  ['a choice', oneOf(['a', 'b']), 'c', 'fault'],
  ['secrets', secrets(3), 'abc', ['abc']],
  ['secrets', secrets(3), 'abc, defg', ['abc', 'defg']],
  ['secrets', secrets(3), 'abc,de', 'fault'],
  ['secrets', secrets(3), ',', 'fault'],
])('%s is read from its text: %#', (_, schema, written, expected) => {
  expect(read(schema, written)).toEqual(expected);
});
