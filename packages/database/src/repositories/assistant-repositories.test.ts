import { describe, expect, test } from 'vitest';
import { cellsWrittenBy, columnsWrittenBy, openTestWorkspace } from '../testing/test-workspace.ts';

const NOT_FOUND = expect.objectContaining({ code: 'row_not_found' });
const IMMUTABLE = expect.objectContaining({ code: 'row_immutable' });

describe('chats', () => {
  const workspace = openTestWorkspace();
  const { chats, messages, attachments, clock } = workspace;

  test('come with their messages, by time and then id', () => {
    const { id } = chats.create({ title: 'Plans' });
    messages.append(id, { id: 'b', content: 'second' });
    messages.append(id, { id: 'a', content: 'first' });
    clock.now++;
    messages.append(id, { id: '0', content: 'third', role: 'assistant' });
    messages.append(id, { id: '1', content: 'gone' });
    messages.delete('1');
    const chat = chats.withMessages(id);
    expect(chat.title).toBe('Plans');
    expect(chat.messages.map(({ content }) => content)).toEqual(['first', 'second', 'third']);
    expect(() => chats.withMessages('nobody')).toThrow(NOT_FOUND);
  });

  test('come by their latest message, a new one by its creation', () => {
    const fresh = openTestWorkspace();
    const at = (now: number) => {
      fresh.clock.now = now;
      return fresh.chats;
    };
    const old = at(10).create({ title: 'old' });
    const middle = at(20).create({ title: 'middle', projectId: 'p' });
    at(30).create({ title: 'new' });
    at(40);
    fresh.messages.append(old.id, { content: 'hi' });
    const titles = (query = {}) => fresh.chats.findRecent(query).map(({ title }) => title);
    expect(titles()).toEqual(['old', 'new', 'middle']);
    expect(titles({ limit: 1 })).toEqual(['old']);
    expect(titles({ projectId: 'p' })).toEqual(['middle']);
    fresh.chats.archive(old.id);
    fresh.chats.delete(middle.id);
    expect(titles()).toEqual(['new']);
    expect(fresh.chats.unarchive(old.id).archivedAt).toBeNull();
    expect(() => titles({ limit: 'all' })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  test('that are archived keep the time of it', () => {
    const { id } = chats.create({});
    chats.archive(id);
    clock.now++;
    expect(cellsWrittenBy(workspace, () => chats.archive(id))).toEqual([]);
  });

  test('take their messages along when purged, and those their attachments', () => {
    const [chat, other] = [chats.create({}), chats.create({})];
    const [message, kept] = [messages.append(chat.id, {}), messages.append(other.id, {})];
    for (const { id } of [message, kept]) {
      attachments.create({ ownerKind: 'message', ownerId: id, name: 'a.png', contentHash: 'h' });
    }
    chats.purge(chat.id);
    expect(messages.findById(message.id, { trash: 'with' })).toBeUndefined();
    expect(attachments.of('message', message.id)).toEqual([]);
    expect(chats.withMessages(other.id).messages).toEqual([kept]);
    expect(attachments.of('message', kept.id)).toHaveLength(1);
  });
});

describe('messages', () => {
  const workspace = openTestWorkspace();
  const { chats, messages, attachments, clock, replica } = workspace;
  const chatId = chats.create({}).id;
  const streaming = () => messages.append(chatId, { role: 'assistant', status: 'streaming', content: 'Hel' });

  test('move their chat up in the same transaction', () => {
    clock.now++;
    const before = replica.dbVersion;
    messages.append(chatId, { content: 'hi' });
    expect(replica.dbVersion).toBe(before + 1);
    expect(chats.getById(chatId).lastMessageAt).toBe(clock.now);
    clock.now++;
    messages.createMany([{ chatId }, { chatId }]);
    expect(chats.getById(chatId).lastMessageAt).toBe(clock.now);
  });

  test('do not move it down when a clock goes back', () => {
    const { lastMessageAt } = chats.getById(chatId);
    clock.now -= 10;
    messages.append(chatId, { content: 'early' });
    clock.now += 10;
    expect(chats.getById(chatId).lastMessageAt).toBe(lastMessageAt);
  });

  test('need a chat', () => {
    const count = messages.count();
    expect(() => messages.append('nobody', { content: 'hi' })).toThrow(NOT_FOUND);
    expect(() => messages.append('', { content: 'hi' })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(messages.count()).toBe(count);
  });

  test('grow while they stream, and then are complete', () => {
    const { id } = streaming();
    messages.update(id, { content: 'Hello' });
    clock.now++;
    const columns = columnsWrittenBy(workspace, () => messages.complete(id, { content: 'Hello!', outputTokens: 3 }));
    expect(columns).toEqual(['content', 'output_tokens', 'status', 'updated_at'].map((column) => `messages.${column}`));
    expect(messages.getById(id)).toMatchObject({ status: 'complete', content: 'Hello!', outputTokens: 3 });
  });

  test('keep what has arrived when they fail', () => {
    const { id } = streaming();
    expect(messages.fail(id, { metadata: { error: 'timeout' } })).toMatchObject({
      status: 'failed',
      content: 'Hel',
      metadata: { error: 'timeout' },
    });
    expect(() => messages.complete(id)).toThrow(IMMUTABLE);
  });

  test.each([
    ['content', { content: 'other' }],
    ['role', { role: 'system' }],
    ['chat', { chatId: 'elsewhere' }],
    ['parent', { parentId: 'm' }],
    ['tool calls', { toolCalls: [{ id: 'c', name: 'search', arguments: {} }] }],
    ['model', { model: 'other' }],
    ['tokens', { inputTokens: 9 }],
    ['status', { status: 'streaming' }],
  ] as const)('cannot change their %s any more once complete', (_, patch) => {
    const { id } = messages.append(chatId, { content: 'done' });
    const before = messages.getById(id);
    expect(() => messages.update(id, patch)).toThrow(IMMUTABLE);
    expect(() => messages.updateMany([{ id, patch }])).toThrow(IMMUTABLE);
    expect(() => messages.fail(id)).toThrow(IMMUTABLE);
    expect(messages.getById(id)).toEqual(before);
  });

  test('that are complete accept what changes nothing, and their metadata', () => {
    const { id } = messages.append(chatId, { content: 'done' });
    expect(cellsWrittenBy(workspace, () => messages.complete(id, { content: 'done' }))).toEqual([]);
    expect(messages.update(id, { metadata: { rating: 1 } }).metadata).toEqual({ rating: 1 });
    expect(() => messages.update(id, { metadata: {}, content: 'no' })).toThrow(IMMUTABLE);
  });

  test('that are complete can go to the trash, come back and be purged', () => {
    const message = messages.append(chatId, { content: 'done' });
    attachments.create({ ownerKind: 'message', ownerId: message.id, name: 'a', contentHash: 'h' });
    messages.delete(message.id);
    expect(messages.restore(message.id)).toEqual(message);
    messages.purge(message.id);
    expect(attachments.of('message', message.id)).toEqual([]);
  });
});

describe('memories', () => {
  const workspace = openTestWorkspace();
  const { memories, clock } = workspace;

  test('that are relevant are those of a scope that have not expired, the most important first', () => {
    clock.now = 1_000;
    memories.createMany([
      { content: 'low', importance: 0.1 },
      { content: 'high', importance: 0.9, expiresAt: 1_001 },
      { content: 'expired', importance: 1, expiresAt: 1_000 },
      { content: "Ada's", importance: 1, scope: 'user', scopeId: 'ada' },
      { content: "Ben's", importance: 1, scope: 'user', scopeId: 'ben' },
    ]);
    const contents = (query: Parameters<typeof memories.relevant>[0]) =>
      memories.relevant(query).map(({ content }) => content);
    expect(contents({ scope: 'workspace' })).toEqual(['high', 'low']);
    expect(contents({ scope: 'workspace', limit: 1 })).toEqual(['high']);
    expect(contents({ scope: 'user', scopeId: 'ada' })).toEqual(["Ada's"]);
    expect(contents({ scope: 'user' })).toEqual([]);
    clock.now = 1_001;
    expect(contents({ scope: 'workspace' })).toEqual(['low']);
    expect(memories.expired().map(({ content }) => content)).toEqual(['expired', 'high']);
    expect(memories.expired(1_000).map(({ content }) => content)).toEqual(['expired']);
    expect(() => memories.relevant({ scope: 'galaxy' as 'user' })).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });

  test('of equal importance come by their latest use, which is no edit', () => {
    const [one, two] = memories.createMany(
      ['one', 'two'].map((content) => ({ content, scope: 'project' as const, scopeId: 'p' })),
    );
    const order = () => memories.relevant({ scope: 'project', scopeId: 'p' }).map(({ content }) => content);
    expect(columnsWrittenBy(workspace, () => memories.touch(one!.id))).toEqual(['memories.last_used_at']);
    expect(order()).toEqual(['one', 'two']);
    clock.now++;
    memories.touch(two!.id);
    expect(order()).toEqual(['two', 'one']);
  });

  test('of no importance at all and of the highest are kept exactly', () => {
    for (const importance of [0, 0.3, 1])
      expect(memories.create({ content: 'a', importance }).importance).toBe(importance);
  });
});

test('agents have capabilities and settings', () => {
  const { agents } = openTestWorkspace();
  const agent = agents.create({ name: 'Coder', capabilities: ['read', 'write'], settings: { temperature: 0.2 } });
  expect(agents.findById(agent.id)).toMatchObject({ capabilities: ['read', 'write'], settings: { temperature: 0.2 } });
  expect(() => agents.create({ name: '' })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});
