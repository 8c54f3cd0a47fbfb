/** The code in gen/ is what tributary.proto says: it was generated after the last change, and nobody edited it. */
import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { file_tributary } from './gen/tributary_pb.ts';

const source = readFileSync(new URL('tributary.proto', import.meta.url), 'utf8');

const MESSAGE = /^message (\w+) \{\}?$/;
const FIELD = /^(?:(?:repeated|optional) )?\w+ \w+ = \d+;$/;
const OTHER = /^(?:|\}|oneof frame \{|syntax = "proto3";|package tributary\.v1;)$/;

/** Of each message its fields, as they would stand in the .proto. */
type Messages = Record<string, string[]>;

test('the generated code has the messages and fields of tributary.proto', () => {
  const described = Object.fromEntries(file_tributary.messages.map((message) => [message.name, fieldsOf(message)]));
  expect(described, 'run `pnpm protocol:generate`').toEqual(messagesIn(source));
  expect(Object.values(described).flat().length).toBeGreaterThan(80);
});

function fieldsOf({ fields }: DescMessage): string[] {
  return fields.map((field) => `${labelOf(field)}${typeOf(field)} ${field.name} = ${field.number};`);
}

function labelOf(field: DescField): string {
  if (field.fieldKind === 'list') return 'repeated ';
  return field.proto.proto3Optional ? 'optional ' : '';
}

function typeOf(field: DescField): string {
  if (field.message) return field.message.name;
  return field.scalar === undefined ? 'unknown' : ScalarType[field.scalar].toLowerCase();
}

/** Knows as much of the language as tributary.proto uses, and fails on all else. */
function messagesIn(proto: string): Messages {
  const messages: Messages = {};
  let current: string[] = [];
  for (const line of proto.split('\n').map((each) => each.replace(/\/\/.*/, '').trim())) {
    const name = MESSAGE.exec(line)?.[1];
    if (name !== undefined) current = messages[name] = [];
    else if (FIELD.test(line)) current.push(line);
    else if (!OTHER.test(line)) throw new Error(`this test does not know what to make of: ${line}`);
  }
  return messages;
}
