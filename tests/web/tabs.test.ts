import { expect, test } from 'vitest';
import { describeInChromium } from '../browser/describe-in-browser.ts';
import type { AppTab } from './app-tab.ts';
import { setUpStage } from './web-stage.ts';

const LINES = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);

/** Typed line by line, so that edits go on all the while. */
async function typeLines(tab: AppTab, halfway: () => Promise<unknown>): Promise<void> {
  let happening: Promise<unknown> = Promise.resolve();
  for (const [index, line] of LINES.entries()) {
    if (index === LINES.length / 2) happening = halfway();
    await tab.typeAtEnd(index === 0 ? line : `\n${line}`);
  }
  await happening;
}

describeInChromium('several tabs of one browser', () => {
  const stage = setUpStage();

  /** The first tab leads; a note is open in the second. */
  async function twoTabs() {
    const { tabs, devices } = await stage.personOn(1);
    const [leader, device] = [tabs[0]!, devices[0]!];
    const follower = await device.tab();
    await follower.newNote('Typed');
    await leader.untilListed('Typed');
    return { leader, follower, device };
  }

  /** Nothing is lost and nothing is there twice: on the page, after it was opened anew, and in PostgreSQL. */
  async function expectAllLines(tab: AppTab): Promise<void> {
    const expected = LINES.join('\n');
    expect(await tab.readText()).toBe(expected);
    await tab.untilSaved();
    await tab.untilReceipt('cloud');
    await tab.page.reload();
    expect(await tab.untilText((text) => text === expected)).toBe(expected);
    const id = new URL(tab.page.url()).pathname.split('/').at(-1);
    const rows = await stage.server.sql(
      `SELECT text FROM app.note_blocks WHERE note_id = '${id}' ORDER BY position COLLATE "C", id`,
    );
    expect(rows.map(({ text }) => text)).toEqual(LINES);
  }

  test('are three that show each edit of each', async () => {
    const { leader, follower, device } = await twoTabs();
    const third = await device.tab();
    await third.untilListed('Typed');
    await third.openNote('Typed');
    await leader.openNote('Typed');
    for (const [index, tab] of [leader, follower, third].entries()) {
      await tab.typeAtEnd(`${index} `);
      for (const other of [leader, follower, third]) {
        await other.untilText((text) => text.endsWith(`${index} `));
      }
    }
    expect(await Promise.all([leader, follower, third].map((tab) => tab.readText()))).toEqual(Array(3).fill('0 1 2 '));
  });

  test('lose and repeat nothing when the one that leads is closed in the middle of edits', async () => {
    const { leader, follower } = await twoTabs();
    await typeLines(follower, () => leader.page.close());
    await expectAllLines(follower);
  });

  test('lose and repeat nothing when the one that leads crashes', async () => {
    const { leader, follower } = await twoTabs();
    const crashed = new Promise((resolve) => leader.page.once('crash', resolve));
    // The answer is lost with the page.
    const crash = async () => {
      void leader.page.goto('chrome://crash').catch(() => {});
      await crashed;
    };
    await typeLines(follower, crash);
    await expectAllLines(follower);
  });

  test('undo their own edits, from the keyboard outside of text fields', async () => {
    const { follower: tab } = await twoTabs();
    await tab.page.getByRole('link', { name: 'All notes' }).click();
    await tab.page.getByRole('button', { name: 'Move Typed to the trash' }).click();
    await tab.page.getByText('No notes yet.').waitFor();
    await tab.page.getByRole('heading', { name: 'Notes' }).click();
    await tab.page.keyboard.press('Control+z');
    await tab.untilListed('Typed');
    await tab.page.keyboard.press('Control+Shift+z');
    await tab.page.getByText('No notes yet.').waitFor();
    await tab.page.getByTestId('undo').click();
    await tab.untilListed('Typed');
    expect(await tab.listedTitles()).toEqual(['Typed']);
  });

  test('undo as one step what was typed without a pause, and redo it', async () => {
    const { follower: tab } = await twoTabs();
    const { keyboard } = tab.page;
    const sentence = 'a sentence that takes a second and more';
    await tab.text.click();
    await keyboard.type(sentence, { delay: 40 });
    await tab.untilSaved();
    await tab.page.getByTestId('undo').click();
    await tab.untilText((text) => text === '');
    await keyboard.press('Control+y');
    expect(await tab.untilText((text) => text !== '')).toBe(sentence);
  });

  test('find notes by their words, and show pinned ones first', async () => {
    const { leader: tab } = await twoTabs();
    await tab.newNote('Lisbon', 'the ferry leaves at nine');
    await tab.page.getByRole('link', { name: 'All notes' }).click();
    await tab.page.getByRole('button', { name: 'Pin Typed' }).click();
    await tab.page.getByRole('list', { name: 'Pinned' }).waitFor();
    expect(await tab.listedTitles()).toEqual(['Typed', 'Lisbon']);
    await tab.page.getByLabel('Search').fill('ferr');
    await tab.page.getByText('1 found.').waitFor();
    expect(await tab.listedTitles()).toEqual(['Lisbon']);
    expect(await tab.page.locator('mark').allInnerTexts()).toEqual(['ferry']);
  });

  test('begin a note or a search where the icon of the installed app says so', async () => {
    const { follower: tab, device } = await twoTabs();
    const fresh = await device.tab('/?new');
    await fresh.text.waitFor();
    await fresh.page.waitForURL(/\/notes\//);
    await tab.open('/?search');
    await tab.page.getByLabel('Search').waitFor();
    await tab.page.keyboard.type('typ');
    await tab.page.getByText('1 found.').waitFor();
    const manifest = await fresh.page.request.get(`${device.line.url}/manifest.webmanifest`);
    const { icons, shortcuts } = (await manifest.json()) as Record<'icons' | 'shortcuts', Record<string, string>[]>;
    expect(shortcuts.map(({ url }) => url)).toEqual(['/?new', '/?search']);
    for (const { src, type } of icons) {
      const icon = await fresh.page.request.get(device.line.url + src);
      expect([icon.status(), icon.headers()['content-type']?.split(';')[0]]).toEqual([200, type]);
    }
  });
});
