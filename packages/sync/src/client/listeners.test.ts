import { expect, onTestFinished, test, vi } from 'vitest';
import { Listeners } from './listeners.ts';

test('everybody is told, in the order of having come', () => {
  const { listeners, heard, hear } = open();
  listeners.add(hear('first'));
  listeners.add(hear('second'));
  listeners.tell('news');
  expect(heard).toEqual(['first: news', 'second: news']);
});

test('who has gone is told nothing, and going twice is harmless', () => {
  const { listeners, heard, hear } = open();
  const leave = listeners.add(hear('gone'));
  listeners.add(hear('there'));
  leave();
  leave();
  listeners.tell('news');
  expect(heard).toEqual(['there: news']);
});

test('a function that was added twice is told twice, and each leaves by itself', () => {
  const { listeners, heard, hear } = open();
  const listener = hear('same');
  const leave = listeners.add(listener);
  listeners.add(listener);
  listeners.tell('one');
  leave();
  listeners.tell('two');
  expect(heard).toEqual(['same: one', 'same: one', 'same: two']);
});

test('one may leave while it is told, and the others are told all the same', () => {
  const { listeners, heard, hear } = open();
  const leave = listeners.add(() => leave());
  listeners.add(hear('other'));
  listeners.tell('one');
  listeners.tell('two');
  expect(heard).toEqual(['other: one', 'other: two']);
});

test('one that throws is reported, and harms neither the others nor who tells', () => {
  const reports: (() => void)[] = [];
  vi.stubGlobal('queueMicrotask', (report: () => void) => reports.push(report));
  onTestFinished(() => void vi.unstubAllGlobals());
  const { listeners, heard, hear } = open();
  listeners.add(() => {
    throw new Error('faulty listener');
  });
  listeners.add(hear('other'));
  listeners.tell('news');
  expect(heard).toEqual(['other: news']);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toThrow('faulty listener');
});

function open() {
  const heard: string[] = [];
  const hear = (name: string) => (value: string) => void heard.push(`${name}: ${value}`);
  return { listeners: new Listeners<string>(), heard, hear };
}
