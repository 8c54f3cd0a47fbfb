import { expect, test } from 'vitest';
import { FakeBrowser } from '../testing/fake-browser.ts';
import { Leadership } from './leadership.ts';

function candidates(count: number) {
  const browser = new FakeBrowser();
  const log: string[] = [];
  const all = Array.from({ length: count }, (_, index) => {
    const tab = browser.tab();
    const { locks } = tab;
    let canBegin = true;
    const begin = async () => {
      log.push(`${index} begins`);
      return canBegin;
    };
    const end = () => void log.push(`${index} ends`);
    const leadership = new Leadership({ locks, lockName: 'leader', begin, end });
    return { tab, leadership, fail: () => (canBegin = false) };
  });
  const news = async () => {
    await browser.pass();
    return log.splice(0);
  };
  return { all, news };
}

test('they lead one after another, in the order in which they came', async () => {
  const { all, news } = candidates(3);
  for (const { leadership } of all) leadership.join();
  expect(await news()).toEqual(['0 begins']);
  all[0]!.tab.kill();
  expect(await news()).toEqual(['1 begins']);
  all[1]!.tab.kill();
  expect(await news()).toEqual(['2 begins']);
});

test('who hands off lets all who wait go first, and leads again after them', async () => {
  const { all, news } = candidates(2);
  for (const { leadership } of all) leadership.join();
  await news();
  all[0]!.leadership.handOff();
  expect(await news()).toEqual(['0 ends', '1 begins']);
  all[1]!.leadership.handOff();
  expect(await news()).toEqual(['1 ends', '0 begins']);
});

test('who is alone and hands off leads again at once', async () => {
  const { all, news } = candidates(1);
  all[0]!.leadership.join();
  await news();
  all[0]!.leadership.handOff();
  expect(await news()).toEqual(['0 ends', '0 begins']);
});

test('who waits and hands off passes one turn', async () => {
  const { all, news } = candidates(3);
  for (const { leadership } of all) leadership.join();
  all[1]!.leadership.handOff();
  await news();
  all[0]!.tab.kill();
  expect(await news()).toEqual(['2 begins']);
  all[2]!.tab.kill();
  expect(await news()).toEqual(['1 begins']);
});

test('who cannot begin gives way, and does not try again by itself', async () => {
  const { all, news } = candidates(2);
  all[0]!.fail();
  for (const { leadership } of all) leadership.join();
  expect(await news()).toEqual(['0 begins', '1 begins']);
  all[1]!.tab.kill();
  expect(await news()).toEqual([]);
  all[0]!.leadership.join();
  expect(await news()).toEqual(['0 begins']);
});
