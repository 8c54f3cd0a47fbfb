import { expect, test } from 'vitest';
import { describeInChromium } from '../browser/describe-in-browser.ts';
import { newPerson, setUpStage } from './web-stage.ts';

describeInChromium('whoever uses a browser', () => {
  const stage = setUpStage();

  test('sees nothing of who was signed in there before', async () => {
    const { person: ann, tabs, devices } = await stage.personOn(1);
    const [tab, device] = [tabs[0]!, devices[0]!];
    const id = await tab.newNote('Diary of Ann', 'secret');
    await tab.untilSaved();
    await tab.untilReceipt('relay');
    const second = await device.tab();
    await second.untilListed('Diary of Ann');
    await tab.signOut();
    await second.untilShown('heading', 'Sign in');
    await tab.register(newPerson('Bob'));
    expect(await tab.listedTitles()).toEqual([]);
    await tab.open(`/notes/${id}`);
    await tab.untilFailure('no_note');
    await tab.open();
    await tab.newNote('Diary of Bob');
    await tab.signOut();
    await tab.signIn(ann);
    await tab.untilListed('Diary of Ann');
    expect(await tab.listedTitles()).toEqual(['Diary of Ann']);
  }, 60_000);

  test('who signs out without a network stays signed out when it is back', async () => {
    const { tabs, devices } = await stage.personOn(1);
    const [tab, device] = [tabs[0]!, devices[0]!];
    await tab.untilKept();
    device.line.cut();
    await tab.signOut();
    device.line.mend();
    await tab.open();
    await tab.untilShown('heading', 'Sign in');
    await tab.open();
    await tab.untilShown('heading', 'Sign in');
    expect(await tab.page.evaluate('localStorage.getItem("tributary.account")')).toBeNull();
  });

  test('is signed out when another device shuts this one out, and loses no edit by it', async () => {
    const { person, tabs } = await stage.personOn(2);
    const [one, other] = [tabs[0]!, tabs[1]!];
    await one.newNote('Mine', 'kept');
    await other.untilListed('Mine');
    await other.page.getByRole('link', { name: 'Devices' }).click();
    await other.page.getByRole('button', { name: /Shut out/ }).click();
    await other.page.getByText('shut out').waitFor();
    await one.page.getByText('Sign in again to sync').waitFor();
    await one.typeAtEnd(', edited meanwhile');
    await one.page.getByText(/Signed out: \d+ changes? kept on this device/).waitFor();
    await one.page.getByRole('link', { name: 'Sign in' }).click();
    await one.page.getByLabel('E-mail').fill(person.email);
    await one.page.getByLabel('Password').fill(person.password);
    await one.page.getByRole('button', { name: 'Sign in' }).click();
    await one.untilState('synced');
    await other.page.getByRole('link', { name: 'Notes' }).click();
    await other.openNote('Mine');
    expect(await other.untilText((text) => text.includes('meanwhile'))).toBe('kept, edited meanwhile');
  }, 60_000);

  test('comes back after signing in to the page that was asked for', async () => {
    const person = newPerson();
    const tab = await (await stage.device()).blankTab();
    await tab.register(person);
    await tab.signOut();
    await tab.open('/activity');
    await tab.untilShown('heading', 'Sign in');
    await tab.page.getByLabel('E-mail').fill(person.email);
    await tab.page.getByLabel('Password').fill(person.password);
    await tab.page.getByRole('button', { name: 'Sign in' }).click();
    await tab.untilShown('heading', 'Activity');
    expect(new URL(tab.page.url()).pathname).toBe('/activity');
  });

  test('is told that a wrong password is wrong', async () => {
    const tab = await (await stage.device()).tab('/sign-in');
    await tab.page.getByLabel('E-mail').fill('nobody@example.org');
    await tab.page.getByLabel('Password').fill('not the password');
    await tab.page.getByRole('button', { name: 'Sign in' }).click();
    await tab.page.getByRole('alert').waitFor();
    expect(await tab.page.getByRole('alert').innerText()).not.toBe('');
  });

  test('is told when a private window lets nothing be saved, and is shown no empty app', async () => {
    const person = newPerson();
    const device = await stage.device();
    const tab = await device.blankTab();
    // As browsers do that refuse it in private windows.
    await device.context.route('**/assets/worker-*.js', async (route) => {
      const response = await route.fetch();
      const refusal = `navigator.storage.getDirectory = () => Promise.reject(new DOMException('denied', 'SecurityError'));`;
      await route.fulfill({ response, body: refusal + (await response.text()) });
    });
    await tab.open('/register');
    await tab.page.getByLabel('E-mail').fill(person.email);
    await tab.page.getByLabel('Password').fill(person.password);
    await tab.page.getByRole('button', { name: 'Make the account' }).click();
    expect(await tab.untilFailure('storage_unavailable')).toContain('ordinary window');
    expect(await tab.page.getByRole('button', { name: 'New note' }).count()).toBe(0);
  });

  test('is told so where site data is blocked altogether', async () => {
    const tab = await (await stage.device()).blankTab();
    await tab.page.addInitScript(`Object.defineProperty(globalThis, 'localStorage', {
      get() { throw new DOMException('denied', 'SecurityError'); },
    })`);
    await tab.open();
    expect(await tab.untilFailure('storage_unavailable')).toContain('allow this site');
  });
});

describeInChromium('a server that is a relay alone', () => {
  const stage = setUpStage({ isRelayOnly: true });

  test('is said to have no accounts', async () => {
    const tab = await (await stage.device()).tab();
    expect(await tab.untilFailure('no_accounts')).toContain('--relay-only');
  });
});
