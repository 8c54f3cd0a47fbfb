/** A tab of the app, used as a person does: by what is on the page. */
import type { Page } from 'playwright-core';

export interface Person {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

export class AppTab {
  readonly page: Page;
  readonly #origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
  }

  async open(path = '/'): Promise<this> {
    await this.page.goto(this.#origin + path, { waitUntil: 'domcontentloaded' });
    return this;
  }

  async register({ email, password, name }: Person): Promise<void> {
    await this.open('/register');
    await this.page.getByLabel('Name').fill(name);
    await this.#enter(email, password, 'Make the account');
  }

  async signIn({ email, password }: Person): Promise<void> {
    await this.open('/sign-in');
    await this.#enter(email, password, 'Sign in');
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await this.untilShown('heading', 'Sign in');
  }

  /** Returns its id, when the note is open and can be typed in. */
  async newNote(title: string, text = ''): Promise<string> {
    await this.page.getByRole('button', { name: 'New note' }).click();
    await this.#untilEditable();
    await this.page.getByLabel('Title').fill(title);
    await this.text.fill(text);
    return new URL(this.page.url()).pathname.split('/').at(-1) ?? '';
  }

  async openNote(title: string): Promise<void> {
    await this.page.getByRole('link', { name: title }).click();
    await this.#untilEditable();
  }

  get text() {
    return this.page.getByLabel('Text', { exact: true });
  }

  async typeAtEnd(text: string): Promise<void> {
    await this.text.focus();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.type(text, { delay: 4 });
  }

  async typeAtStart(text: string): Promise<void> {
    await this.text.focus();
    await this.page.keyboard.press('Control+Home');
    await this.page.keyboard.type(text, { delay: 4 });
  }

  readText(): Promise<string> {
    return this.text.inputValue();
  }

  async untilText(expected: (text: string) => boolean): Promise<string> {
    const limit = performance.now() + WAIT_MS;
    for (;;) {
      const text = await this.readText();
      if (expected(text)) return text;
      if (performance.now() > limit) throw new Error(`the text stays ${JSON.stringify(text)}`);
      await this.page.waitForTimeout(20);
    }
  }

  async status(): Promise<string> {
    return this.page.getByTestId('status').innerText();
  }

  /** Of the sync status. */
  async untilState(state: 'synced' | 'offline' | 'paused', timeoutMs = WAIT_MS): Promise<void> {
    await this.page.locator(`[data-testid=status][data-state=${state}]`).waitFor({ timeout: timeoutMs });
  }

  /** All that was typed into the open note is in the database of this browser. */
  async untilSaved(): Promise<void> {
    await this.page.locator('[data-testid=saved][data-saved=true]').waitFor({ timeout: WAIT_MS });
  }

  /** How far the last edit made in this tab has got, at least. */
  async untilReceipt(level: keyof typeof REACHED): Promise<void> {
    const levels = REACHED[level].map((reached) => `[data-testid=receipt][data-level=${reached}]`);
    await this.page.locator(levels.join()).waitFor({ timeout: WAIT_MS });
  }

  async untilShown(role: 'heading' | 'link' | 'button' | 'alert', name: string): Promise<void> {
    await this.page.getByRole(role, { name }).waitFor({ timeout: WAIT_MS });
  }

  /** Of the page that says why there is nothing else. */
  async untilFailure(code: string): Promise<string> {
    const page = this.page.locator(`[data-code=${code}]`);
    await page.waitFor({ timeout: WAIT_MS });
    return page.innerText();
  }

  async listedTitles(): Promise<string[]> {
    await this.page.getByRole('heading', { name: 'Notes' }).waitFor({ timeout: WAIT_MS });
    return this.page.locator('[data-note] a').allInnerTexts();
  }

  async untilListed(title: string): Promise<void> {
    await this.page.locator('[data-note] a', { hasText: title }).first().waitFor({ timeout: WAIT_MS });
  }

  /** From now on the app works without the server. */
  async untilKept(): Promise<void> {
    await this.page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  }

  async #enter(email: string, password: string, action: string): Promise<void> {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: action }).click();
    await this.untilShown('heading', 'Notes');
  }

  async #untilEditable(): Promise<void> {
    await this.page.locator('#note-text:not([readonly])').waitFor({ timeout: WAIT_MS });
  }
}

const WAIT_MS = 15_000;

const REACHED = { local: ['local', 'relay', 'cloud'], relay: ['relay', 'cloud'], cloud: ['cloud'] } as const;
