import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInChromium } from '../browser/describe-in-browser.ts';
import { buildApp, copyApp, releaseAgain } from './build-app.ts';
import { setUpStage } from './web-stage.ts';

describeInChromium('the app that is kept in the browser', () => {
  const pages = mkdtempSync(path.join(tmpdir(), 'tributary-pages-'));
  beforeAll(() => copyApp(buildApp(), pages), 120_000);
  afterAll(() => rmSync(pages, { recursive: true }));
  const stage = setUpStage({ pages });

  test('goes on when the server is killed, is loaded without it, and syncs when it is back', async () => {
    const { tabs } = await stage.personOn(1);
    const tab = tabs[0]!;
    const id = await tab.newNote('Kept', 'before');
    await tab.untilReceipt('relay');
    await tab.untilKept();
    await stage.server.kill();
    await tab.untilState('offline');
    await tab.typeAtEnd(', while it was away');
    await tab.untilSaved();
    await tab.page.reload();
    expect(await tab.untilText((text) => text !== '')).toBe('before, while it was away');
    await tab.typeAtEnd(', after a reload');
    await tab.page.getByText('Offline (').waitFor();
    await tab.untilSaved();
    await stage.server.start();
    await tab.untilReceipt('cloud');
    await tab.untilState('synced');
    const rows = await stage.server.sql(`SELECT text FROM app.note_blocks WHERE note_id = '${id}'`);
    expect(rows).toEqual([{ text: 'before, while it was away, after a reload' }]);
  }, 60_000);

  test('opens a deep link without the server', async () => {
    const { tabs, devices } = await stage.personOn(1);
    const [tab, device] = [tabs[0]!, devices[0]!];
    const id = await tab.newNote('Deep', 'down here');
    await tab.untilSaved();
    await tab.untilKept();
    await tab.page.close();
    device.line.cut();
    const deep = await device.tab(`/notes/${id}`);
    expect(await deep.untilText((text) => text !== '')).toBe('down here');
  });

  test('opens and takes edits where the network says nothing at all, and syncs when it does', async () => {
    const { tabs, devices } = await stage.personOn(1);
    const [tab, device] = [tabs[0]!, devices[0]!];
    await tab.newNote('Train', 'before the tunnel');
    await tab.untilState('synced');
    await tab.untilKept();
    device.line.fallSilent();
    await tab.page.reload();
    expect(await tab.untilText((text) => text !== '')).toBe('before the tunnel');
    await tab.typeAtEnd(', in it');
    await tab.untilSaved();
    await tab.untilState('offline');
    device.line.mend();
    await tab.untilState('synced', 60_000);
    await tab.untilReceipt('relay');
  }, 90_000);

  test('says that a new version is ready, and reloads when it is told to', async () => {
    const { tabs, devices } = await stage.personOn(1);
    const [tab, device] = [tabs[0]!, devices[0]!];
    await tab.newNote('Open', 'all the time');
    await tab.untilKept();
    const other = await device.tab();
    await tab.page.evaluate('globalThis.notReloaded = true');
    releaseAgain(pages, 'another release');
    await tab.page.evaluate('navigator.serviceWorker.getRegistration().then((found) => found.update())');
    await tab.page.getByTestId('update').waitFor();
    await other.page.getByTestId('update').waitFor();
    expect(await tab.page.evaluate('globalThis.notReloaded')).toBe(true);
    await other.page.getByTestId('update').getByRole('button', { name: 'Reload' }).click();
    await other.page.getByTestId('update').waitFor({ state: 'detached' });
    await other.untilListed('Open');
    expect(await other.page.content()).toContain('another release');
    // The one that nobody has told is of the old release, and is still there with what was typed.
    await tab.page.getByTestId('update').waitFor();
    expect(await tab.page.evaluate('globalThis.notReloaded')).toBe(true);
    expect(await tab.readText()).toBe('all the time');
    await tab.page.getByTestId('update').getByRole('button', { name: 'Reload' }).click();
    await tab.page.getByTestId('update').waitFor({ state: 'detached' });
    expect(await tab.untilText((text) => text !== '')).toBe('all the time');
  });
});
