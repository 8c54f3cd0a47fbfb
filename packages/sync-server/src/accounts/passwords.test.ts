import { hash } from '@node-rs/argon2';
import { describe, expect, test } from 'vitest';
import { COMMON_PASSWORDS } from './common-passwords.ts';
import { parseEmail } from './email.ts';
import { passwordFault } from './password-rules.ts';
import { Passwords } from './passwords.ts';
import { WorkQueue } from './work-queue.ts';

describe('a password', () => {
  const passwords = new Passwords();

  test('is kept as argon2id with 19 MiB, two passes and one lane', async () => {
    expect(await passwords.hash('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('is right, or it is not', async () => {
    const hashed = await passwords.hash('correct horse');
    expect(await passwords.check('correct horse', hashed)).toEqual({ isRight: true, isOutdated: false });
    expect(await passwords.check('correct horsf', hashed)).toEqual({ isRight: false, isOutdated: false });
  });

  test('is the same however its accents were typed', async () => {
    const hashed = await passwords.hash('caf\u00e9 \ufb01lm');
    expect(await passwords.check('cafe\u0301 film', hashed)).toMatchObject({ isRight: true });
  });

  test('is never right where there is none', async () => {
    for (const none of [null, undefined]) {
      expect(await passwords.check('', none)).toEqual({ isRight: false, isOutdated: false });
    }
  });

  test('that was kept with other parameters is right and outdated', async () => {
    const hashed = await hash('correct horse', { memoryCost: 8, timeCost: 1 });
    expect(await passwords.check('correct horse', hashed)).toEqual({ isRight: true, isOutdated: true });
    expect(await passwords.check('wrong', hashed)).toEqual({ isRight: false, isOutdated: false });
  });
});

describe('the rules', () => {
  test.each([
    ['seven c', 'has to have 8 characters at least'],
    ['😀'.repeat(7), 'has to have 8 characters at least'],
    ['x'.repeat(201), 'has to have 200 characters at most'],
    ['ann@Example.com', 'must not be the e-mail address'],
    ['Password123', 'is one of those that everybody tries first'],
    ['ｐａｓｓｗｏｒｄ', 'is one of those that everybody tries first'],
    ['eight ch', undefined],
    ['😀'.repeat(200), undefined],
    ['        ', undefined],
  ])('for %j', (password, fault) => {
    expect(passwordFault(password, 'ann@example.com')).toBe(fault);
  });

  test('know no common password that is too short to be one', () => {
    const short = [...COMMON_PASSWORDS].filter(
      (password) => password.length < 8 || password !== password.toLowerCase(),
    );
    expect(short).toEqual([]);
  });
});

test.each([
  [' Ann@Example.COM ', 'ann@example.com'],
  ['ann+tag@sub.example.com', 'ann+tag@sub.example.com'],
  ['jürgen@exämple.de', 'jürgen@exämple.de'],
  ['ann@localhost', 'ann@localhost'],
  ['ann', undefined],
  ['@example.com', undefined],
  ['ann@', undefined],
  ['a@b@c', undefined],
  ['ann smith@example.com', undefined],
  ['ann\u0000@example.com', undefined],
  [`${'a'.repeat(65)}@example.com`, undefined],
  [`ann@${'a'.repeat(251)}`, undefined],
])('the e-mail %j is kept as %j', (written, email) => {
  expect(parseEmail(written)).toBe(email);
});

describe('a queue', () => {
  function work() {
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const job = (name: string) => () => {
      started.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    };
    return { started, ends, job };
  }

  test('runs so much at once and the rest in turn', async () => {
    const queue = new WorkQueue({ concurrency: 2, maxWaiting: 10, retryAfterMs: 1 });
    const { started, ends, job } = work();
    const results = ['a', 'b', 'c', 'd'].map((name) => queue.run(job(name)));
    expect(started).toEqual(['a', 'b']);
    ends.get('b')!();
    await results[1];
    await Promise.resolve();
    expect(started).toEqual(['a', 'b', 'c']);
    ends.get('a')!();
    await results[0];
    await Promise.resolve();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    ends.get('c')!();
    ends.get('d')!();
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('goes on after work that failed', async () => {
    const queue = new WorkQueue({ concurrency: 1, maxWaiting: 10, retryAfterMs: 1 });
    const failed = queue.run(() => Promise.reject(new TypeError('no')));
    const next = queue.run(() => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await queue.run(() => Promise.resolve('again'))).toBe('again');
  });

  test('that is full refuses, and says when to come again', async () => {
    const queue = new WorkQueue({ concurrency: 1, maxWaiting: 1, retryAfterMs: 2_000 });
    const { ends, job } = work();
    const [running, waiting] = [queue.run(job('a')), queue.run(() => Promise.resolve('b'))];
    await expect(queue.run(job('c'))).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 2_000 });
    ends.get('a')!();
    expect(await Promise.all([running, waiting])).toEqual(['a', 'b']);
  });
});
