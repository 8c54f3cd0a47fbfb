/** The HTTP embedder against an endpoint that can do everything wrong. */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createHttpEmbedder, type HttpEmbedderOptions } from './http-embedder.ts';
import { answering, bagOfWords, FakeEmbeddings } from './testing/fake-embeddings.ts';

const KEY = 'sk-very-secret';

let fake: FakeEmbeddings;
beforeEach(async () => {
  fake = await FakeEmbeddings.start();
  return () => fake.stop();
});

function embedder(rest: Partial<HttpEmbedderOptions> = {}) {
  return createHttpEmbedder({ url: fake.url, model: 'bag', key: KEY, firstPauseMs: 1, ...rest });
}

const embedding = (...numbers: readonly unknown[]) => JSON.stringify({ data: [{ index: 0, embedding: numbers }] });

describe('the HTTP embedder', () => {
  test('gives the vectors in the order of the texts, from requests of a limited size', async () => {
    const texts = ['one', 'two words', 'three', 'four', 'five'];
    const vectors = await embedder({ maxBatch: 2 }).embed(texts);
    expect(vectors.map((vector) => [...vector])).toEqual(texts.map((text) => bagOfWords(text)));
    expect(fake.requests.map(({ input }) => input.length)).toEqual([2, 2, 1]);
    expect(fake.requests[0]).toMatchObject({ path: '/v1/embeddings', model: 'bag', authorization: `Bearer ${KEY}` });
  });

  test('sends no key where there is none', async () => {
    await embedder({ key: undefined }).embed(['a']);
    expect(fake.requests[0]?.authorization).toBeUndefined();
  });

  test.each([
    ['', '/v1/embeddings'],
    ['/', '/v1/embeddings'],
    ['/v1', '/v1/embeddings'],
    ['/proxy/v1/', '/proxy/v1/embeddings'],
    ['/openai/embeddings?api-version=1', '/openai/embeddings?api-version=1'],
  ])('finds the endpoint of an address that ends with %j', async (end, path) => {
    await embedder({ url: fake.url + end }).embed(['a']);
    expect(fake.requests[0]?.path).toBe(path);
  });

  test.each([429, 500, 503])('asks again after a status %i, and waits between', async (status) => {
    fake.misbehave = (...args) => fake.requests.length < 3 && answering(status)(...args);
    expect(await embedder().embed(['a'])).toHaveLength(1);
    expect(fake.requests).toHaveLength(3);
  });

  test('gives up after three requests, and says that it may be asked again', async () => {
    fake.misbehave = answering(503, '', { 'Retry-After': '0.01' });
    await expect(embedder().embed(['a'])).rejects.toMatchObject({ fault: 'away', message: /status 503/ });
    expect(fake.requests).toHaveLength(3);
  });

  test.each([
    [400, 'text_refused'],
    [413, 'text_refused'],
    [401, 'unusable'],
    [404, 'unusable'],
  ])('does not ask again after a status %i, which is %s', async (status, fault) => {
    fake.misbehave = answering(status, `no such key: ${KEY}`);
    const error = await embedder()
      .embed(['a'])
      .catch((failed: unknown) => failed);
    expect(error).toMatchObject({ fault, message: `the embeddings endpoint answered with status ${status}` });
    expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain(KEY);
    expect(fake.requests).toHaveLength(1);
  });

  test.each([
    ['no JSON', '<html>'],
    ['nothing in it', '{}'],
    ['too few vectors', '{"data":[]}'],
    ['the same text twice', '{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}'],
    ['another text', '{"data":[{"index":5,"embedding":[1]}]}'],
    ['no numbers', embedding('one')],
    ['numbers that are none', '{"data":[{"embedding":[1e999]}]}'],
    ['an empty vector', embedding()],
    ['more dimensions than can be stored', embedding(...Array<number>(16_001).fill(1))],
  ])('refuses an answer with %s', async (_what, body) => {
    fake.misbehave = answering(200, body);
    await expect(embedder().embed(['a'])).rejects.toMatchObject({ fault: 'unusable', message: /the answer of/ });
  });

  test('refuses vectors of another length than the first ones', async () => {
    const same = embedder();
    await same.embed(['a']);
    fake.dimensions = 5;
    await expect(same.embed(['a'])).rejects.toThrow('has 5 dimensions, where there were 48');
  });

  test('does not take its key to another address', async () => {
    const other = await FakeEmbeddings.start();
    onTestFinished(() => other.stop());
    fake.misbehave = answering(307, '', { Location: `${other.url}/v1/embeddings` });
    await expect(embedder().embed(['a'])).rejects.toMatchObject({ fault: 'away' });
    expect(other.requests).toEqual([]);
  });

  test('waits for nobody longer than its time, and no longer than who asks', async () => {
    fake.misbehave = () => true;
    await expect(embedder({ timeoutMs: 20 }).embed(['a'])).rejects.toThrow('did not answer within 20 ms');
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    const asked = fake.requests.length;
    await expect(embedder().embed(['a'], { signal: abort.signal })).rejects.toMatchObject({ fault: 'away' });
    expect(fake.requests).toHaveLength(asked + 1);
  });

  test('is told where nobody listens', async () => {
    await fake.stop();
    await expect(embedder().embed(['a'])).rejects.toMatchObject({ fault: 'away', message: /cannot be reached/ });
  });

  test('takes no password in an address', () => {
    expect(() => embedder({ url: 'https://user:hunter2@a.example' })).toThrow(/must not hold a password/);
  });
});
