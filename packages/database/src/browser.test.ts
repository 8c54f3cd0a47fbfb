import { expect, test } from 'vitest';
import * as browser from './browser.ts';
import * as node from './index.ts';

test('a browser has what Node has, except for how a database is opened and looked after', () => {
  const [inBrowser, onNode] = [Object.keys(browser), Object.keys(node)];
  expect(onNode.filter((name) => !inBrowser.includes(name)).sort()).toEqual(['openDriver', 'openReplica']);
  expect(inBrowser.filter((name) => !onNode.includes(name)).sort()).toEqual([
    'deleteBrowserDatabase',
    'listBrowserDatabases',
    'openBrowserDriver',
    'openBrowserReplica',
    'requestPersistence',
  ]);
});
