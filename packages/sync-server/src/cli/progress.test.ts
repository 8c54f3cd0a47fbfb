import { expect, test } from 'vitest';
import type { CommandWorld } from './command.ts';
import { Progress } from './progress.ts';

function recorded(errIsTerminal: boolean) {
  const state = { text: '', nowMs: 0 };
  const world = { errIsTerminal, err: (text: string) => void (state.text += text) } as CommandWorld;
  return { state, progress: new Progress(world, () => state.nowMs) };
}

test('a terminal has a bar that goes away', () => {
  const { state, progress } = recorded(true);
  progress.show({ done: 1, all: 2, what: 'half' });
  expect(state.text).toBe('\r\u001B[2K[##############--------------]  50% half');
  progress.end();
  expect(state.text.endsWith('\r\u001B[2K')).toBe(true);
});

test('a file has a line now and then, and one for the end', () => {
  const { state, progress } = recorded(false);
  for (let done = 0; done <= 100; done++) {
    state.nowMs += 100;
    progress.show({ done, all: 100, what: 'folding' });
  }
  progress.end();
  expect(state.text.split('\n')).toEqual([
    '  0% folding',
    ' 20% folding',
    ' 40% folding',
    ' 60% folding',
    ' 80% folding',
    '100% folding',
    '',
  ]);
});
