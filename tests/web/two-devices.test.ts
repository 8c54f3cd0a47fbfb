import { expect, test } from 'vitest';
import { describeInChromium } from '../browser/describe-in-browser.ts';
import { newPerson, setUpStage } from './web-stage.ts';

describeInChromium('two devices of one person', () => {
  const stage = setUpStage();

  test('edit one note at once, and both paragraphs survive', async () => {
    const { tabs } = await stage.personOn(2);
    const [one, other] = [tabs[0]!, tabs[1]!];
    await one.newNote('Trip', 'first\n\nlast');
    await other.openNote('Trip');
    await other.untilText((text) => text === 'first\n\nlast');
    await Promise.all([one.typeAtStart('from one device, '), other.typeAtEnd(' from the other device')]);
    const expected = 'from one device, first\n\nlast from the other device';
    expect(await one.untilText((text) => text === expected)).toBe(expected);
    expect(await other.untilText((text) => text === expected)).toBe(expected);
  });

  test('edits without a network meet afterwards, in both browsers and in PostgreSQL', async () => {
    const { tabs, devices } = await stage.personOn(2);
    const [one, other] = [tabs[0]!, tabs[1]!];
    const id = await one.newNote('Plan', 'alpha\n\nomega');
    await other.openNote('Plan');
    await other.untilText((text) => text === 'alpha\n\nomega');
    for (const { line } of devices) line.cut();
    for (const { context } of devices) await context.setOffline(true);
    await Promise.all([one.untilState('offline'), other.untilState('offline')]);
    await one.typeAtStart('one: ');
    await other.typeAtEnd(' :other');
    await one.page.getByText(/kept on this device/).waitFor();
    expect(await other.readText()).toBe('alpha\n\nomega :other');
    for (const { line } of devices) line.mend();
    for (const { context } of devices) await context.setOffline(false);
    const expected = 'one: alpha\n\nomega :other';
    await one.untilText((text) => text === expected);
    await other.untilText((text) => text === expected);
    await Promise.all([one.untilState('synced'), other.untilState('synced')]);
    await Promise.all([one.untilReceipt('cloud'), other.untilReceipt('cloud')]);
    const rows = await stage.server.sql(
      `SELECT text FROM app.note_blocks WHERE note_id = '${id}' ORDER BY position COLLATE "C", id`,
    );
    expect(rows.map(({ text }) => text)).toEqual(['one: alpha', 'omega :other']);
  });

  test('an invitation lets another person into a workspace', async () => {
    const { tabs } = await stage.personOn(1);
    const one = tabs[0]!;
    await one.newNote('Shared with Bob', 'hello');
    await one.untilSaved();
    await one.untilReceipt('relay');
    await one.page.getByRole('link', { name: 'Workspaces' }).click();
    await one.page.getByRole('button', { name: /Invite somebody/ }).click();
    const link = await one.page.locator('output', { hasText: '/join#' }).innerText();
    const device = await stage.device();
    const bob = await device.blankTab();
    await bob.open(`/join${new URL(link).hash}`);
    await bob.page.getByRole('link', { name: 'make an account' }).click();
    const { email, password, name } = newPerson('Bob');
    await bob.page.getByLabel('Name').fill(name);
    await bob.page.getByLabel('E-mail').fill(email);
    await bob.page.getByLabel('Password').fill(password);
    await bob.page.getByRole('button', { name: 'Make the account' }).click();
    await bob.page.getByRole('button', { name: 'Join' }).click();
    await bob.untilListed('Shared with Bob');
    expect(bob.page.url()).not.toContain(new URL(link).hash);
  });
});
