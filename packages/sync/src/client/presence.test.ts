import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { PresenceSchema } from '../protocol/gen/tributary_pb.ts';
import { MAX_PRESENCE_BYTES } from '../protocol/index.ts';
import { PresenceBoard, type PresentPeer } from './presence.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

describe('what one does oneself', () => {
  test('is sent as JSON, and again to a new session', () => {
    const { board, sent } = open();
    board.resend();
    expect(sent).toEqual([]);
    board.set({ note: 'n1', cursor: 3 });
    board.resend();
    expect(sent).toEqual(['{"note":"n1","cursor":3}', '{"note":"n1","cursor":3}']);
  });

  test('may be nothing', () => {
    const { board, sent } = open();
    board.set(undefined);
    expect(sent).toEqual(['null']);
  });

  test('may be as large as the relay takes, in bytes, and no larger', () => {
    const { board, sent } = open();
    board.set('ä'.repeat((MAX_PRESENCE_BYTES - 2) / 2));
    expect(encoder.encode(sent[0]).length).toBe(MAX_PRESENCE_BYTES);
    expect(() => board.set('ä'.repeat(MAX_PRESENCE_BYTES / 2))).toThrow(TypeError);
    board.resend();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toBe(sent[0]);
  });
});

describe('what others do', () => {
  test('is told whole after each change', () => {
    const { board, told } = open();
    board.hear(presence('s1', { on: 'n1' }));
    board.hear(presence('s2', null));
    board.hear(presence('s1', { on: 'n2' }));
    expect(told.map((peers) => peers.map(({ sessionId, state }) => [sessionId, state]))).toEqual([
      [['s1', { on: 'n1' }]],
      [
        ['s1', { on: 'n1' }],
        ['s2', null],
      ],
      [
        ['s1', { on: 'n2' }],
        ['s2', null],
      ],
    ]);
  });

  test('names the session, the site and the person', () => {
    const { board, told } = open();
    board.hear(presence('s1', 'here'));
    expect(told.at(-1)).toEqual([{ sessionId: 's1', siteId: '07'.repeat(16), userId: 'user of s1', state: 'here' }]);
  });

  test('ends when they go', () => {
    const { board, told } = open();
    board.hear(presence('s1', 'here'));
    board.hear({ ...presence('s1', null), gone: true });
    expect(told.at(-1)).toEqual([]);
  });

  test('ends with the session, which is told only if there was somebody', () => {
    const { board, told } = open();
    board.clear();
    expect(told).toEqual([]);
    board.hear(presence('s1', 'here'));
    board.clear();
    expect(told.at(-1)).toEqual([]);
    expect(told).toHaveLength(2);
  });

  test('that is no JSON says nothing', () => {
    const { board, told } = open();
    board.hear({ ...presence('s1', null), state: Uint8Array.from([0xff, 0x7b]) });
    expect(told.at(-1)).toMatchObject([{ sessionId: 's1', state: undefined }]);
  });
});

function open() {
  const sent: string[] = [];
  const told: (readonly PresentPeer[])[] = [];
  const board = new PresenceBoard((state) => void sent.push(decoder.decode(state)));
  board.onChange((peers) => void told.push(peers));
  return { board, sent, told };
}

function presence(sessionId: string, state: unknown) {
  return create(PresenceSchema, {
    sessionId,
    siteId: new Uint8Array(16).fill(7),
    userId: `user of ${sessionId}`,
    state: encoder.encode(JSON.stringify(state)),
  });
}
