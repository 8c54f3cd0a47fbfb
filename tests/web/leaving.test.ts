/** Pages go at any moment: closed in the middle of a word, put aside for another page, brought back. */
import { expect, test } from 'vitest';
import { describeInChromium } from '../browser/describe-in-browser.ts';
import type { AppTab } from './app-tab.ts';
import { newPerson, setUpStage } from './web-stage.ts';

describeInChromium('a page that goes', () => {
  const stage = setUpStage();

  /** All within the moment that the app waits for more to come, so that nothing of it is committed yet. */
  async function typeAndGo({ page }: AppTab, text: string, go = ''): Promise<void> {
    await page.evaluate(
      `(() => {
        const field = document.getElementById('note-text');
        field.value += ${JSON.stringify(text)};
        field.dispatchEvent(new Event('input', { bubbles: true }));
        ${go}
      })()`,
    );
  }

  test('in the middle of a word loses nothing: the next page has it', async () => {
    const { tabs, devices } = await stage.personOn(1);
    const [tab, device] = [tabs[0]!, devices[0]!];
    const id = await tab.newNote('Word', 'begun');
    await tab.untilSaved();
    await device.blankTab();
    await typeAndGo(tab, ', not finished');
    await tab.page.close({ runBeforeUnload: true });
    const next = await device.tab(`/notes/${id}`);
    expect(await next.untilText((text) => text !== 'begun' && text !== '')).toBe('begun, not finished');
    await next.page.waitForFunction('!Object.keys(localStorage).some((name) => name.includes(":left:"))');
  });

  test('while another is there hands what was typed over to it', async () => {
    const { tabs, devices } = await stage.personOn(1);
    const [leader, device] = [tabs[0]!, devices[0]!];
    const id = await leader.newNote('Word', 'begun');
    await leader.untilSaved();
    const other = await device.tab(`/notes/${id}`);
    await other.untilText((text) => text === 'begun');
    await typeAndGo(leader, ', not finished', `location.href = 'about:blank'`);
    expect(await other.untilText((text) => text !== 'begun')).toBe('begun, not finished');
  });

  test('and comes back goes on as it was, and shows what happened meanwhile', async () => {
    const { tabs, devices } = await stage.personOn(1);
    const [tab, device] = [tabs[0]!, devices[0]!];
    const id = await tab.newNote('Aside', 'one');
    await tab.untilSaved();
    await tab.page.evaluate('window.isThisVeryPage = true');
    await typeAndGo(tab, ', two', `location.href = 'about:blank'`);
    await tab.page.waitForURL('about:blank');
    const other = await device.tab(`/notes/${id}`);
    await other.untilText((text) => text === 'one, two');
    await other.typeAtEnd(', three');
    await other.untilSaved();
    await tab.page.goBack({ waitUntil: 'commit' });
    expect(await tab.untilText((text) => text.endsWith('three'))).toBe('one, two, three');
    expect(await tab.page.evaluate('window.isThisVeryPage')).toBe(true);
    await tab.typeAtEnd(', four');
    await other.untilText((text) => text.endsWith('four'));
    expect(await other.readText()).toBe('one, two, three, four');
  });

  test('while its database is being opened does no harm', async () => {
    const { tabs, devices } = await stage.personOn(1);
    const [tab, device] = [tabs[0]!, devices[0]!];
    const second = await device.tab();
    await second.listedTitles();
    await tab.signOut();
    await second.untilShown('heading', 'Sign in');
    await tab.register(newPerson('Bob'));
    for (let load = 0; load < 5; load++) await tab.open(`/notes/none-${load}`);
    await tab.untilFailure('no_note');
    await tab.open();
    expect(await tab.listedTitles()).toEqual([]);
  });
});
