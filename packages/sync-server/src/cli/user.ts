/** `tributary user`: accounts, as whoever runs the server manages them. */
import { z } from 'zod';
import type { DeletionForecast } from '../accounts/erasure/account-deletion.ts';
import { flag, text } from '../config/values.ts';
import {
  userAdd,
  userDelete,
  userDevices,
  userForecast,
  userList,
  userPassword,
  userRevoke,
} from '../control/operations/users.ts';
import { accountCommand, JSON_FLAG, jsonText, momentText } from './account-command.ts';
import { EXIT_USAGE, type Command } from './command.ts';
import { plural } from './output/quantities.ts';
import { textTable } from './output/text-table.ts';
import { PASSWORD_FLAG, readPassword } from './read-password.ts';
import { userPlan } from './user-plan.ts';

const words = z.array(z.string());
const json = flag.default(false);

const add = accountCommand({
  name: 'add',
  summary: 'Makes an account.',
  usage: 'user add <e-mail> [--name <name>] [--password-file <file> | --no-password] [--json]',
  words: ['e-mail'],
  flags: [
    { name: 'name', placeholder: 'name', description: 'What others see.' },
    PASSWORD_FLAG,
    { name: 'no-password', description: 'For somebody who signs in with an identity provider.' },
    JSON_FLAG,
  ],
  schema: z.object({
    words,
    name: text.optional(),
    'password-file': text.optional(),
    'no-password': flag.default(false),
    json,
  }),
  changesRights: false,
  async work(given, [email = ''], { call, world }) {
    const password = given['no-password'] ? undefined : await readPassword(world, given['password-file']);
    if (password === undefined && !given['no-password']) return EXIT_USAGE;
    const { name } = given;
    const added = await call(userAdd, {
      email,
      ...(name !== undefined && { name }),
      ...(password !== undefined && { password }),
    });
    world.out(given.json ? jsonText(added) : `${added.id}\n`);
    return undefined;
  },
});

const list = accountCommand({
  name: 'list',
  summary: 'Says which accounts there are.',
  usage: 'user list [--json]',
  words: [],
  flags: [JSON_FLAG],
  schema: z.object({ json }),
  changesRights: false,
  async work(given, _words, { call, world }) {
    const users = await call(userList, {});
    const columns = ['e-mail', 'name', 'devices', 'last seen', 'password', 'id'].map((name) => ({ name }));
    const rows = users.map((user) => [
      user.email,
      user.name,
      String(user.devices),
      momentText(user.lastSeenAt),
      user.hasPassword ? 'yes' : 'no',
      user.id,
    ]);
    world.out(given.json ? jsonText(users) : textTable(columns, rows));
  },
});

const password = accountCommand({
  name: 'password',
  summary: 'Sets the password of an account, and signs it out everywhere.',
  usage: 'user password <e-mail> [--password-file <file>]',
  words: ['e-mail'],
  flags: [PASSWORD_FLAG],
  schema: z.object({ words, 'password-file': text.optional() }),
  changesRights: true,
  async work(given, [email = ''], { call, world }) {
    const typed = await readPassword(world, given['password-file']);
    if (typed === undefined) return EXIT_USAGE;
    await call(userPassword, { email, password: typed });
    world.out('set\n');
    return undefined;
  },
});

const remove = accountCommand({
  name: 'delete',
  summary: 'Deletes an account and erases what is its own.',
  usage: 'user delete <e-mail> --yes',
  details: [
    'Workspaces that nobody else owns go with it, for all of their members. In others the profile, keys, settings and devices of the person go, and what they wrote stays. It comes back when everything is erased.',
  ],
  words: ['e-mail'],
  flags: [{ name: 'yes', description: 'Do it. Without this, it only says what would go.' }],
  schema: z.object({ words, yes: flag.default(false) }),
  changesRights: true,
  async work({ yes }, [email = ''], { call, world }) {
    if (!yes) {
      world.err(forecastText(email, await call(userForecast, { email })));
      return EXIT_USAGE;
    }
    await call(userDelete, { email });
    world.out('deleted and erased\n');
    return undefined;
  },
});

const devices = accountCommand({
  name: 'devices',
  summary: 'Says where an account is signed in.',
  usage: 'user devices <e-mail> [--json]',
  words: ['e-mail'],
  flags: [JSON_FLAG],
  schema: z.object({ words, json }),
  changesRights: false,
  async work(given, [email = ''], { call, world }) {
    const listed = await call(userDevices, { email });
    const columns = ['name', 'platform', 'last seen', 'shut out', 'id'].map((name) => ({ name }));
    const rows = listed.map(({ name, platform, lastSeenAt, revokedAt, id }) => [
      name,
      platform,
      momentText(lastSeenAt),
      momentText(revokedAt),
      id,
    ]);
    world.out(given.json ? jsonText(listed) : textTable(columns, rows));
  },
});

const revoke = accountCommand({
  name: 'revoke',
  summary: 'Shuts a device out.',
  usage: 'user revoke <e-mail> <device>',
  words: ['e-mail', 'device'],
  flags: [],
  schema: z.object({ words }),
  changesRights: true,
  async work(_given, [email = '', deviceId = ''], { call, world }) {
    if (!z.uuid().safeParse(deviceId).success) {
      world.err(`${deviceId} is no id of a device: see tributary user devices ${email}\n`);
      return EXIT_USAGE;
    }
    await call(userRevoke, { email, deviceId });
    world.out('shut out\n');
    return undefined;
  },
});

const SUBCOMMANDS: readonly Command[] = [add, list, password, remove, devices, revoke, userPlan];

export const user: Command = {
  name: 'user',
  summary: 'Makes, lists and deletes accounts, shuts devices out, and gives plans.',
  usage: 'user <add | list | password | delete | devices | revoke | plan>',
  flags: [],
  subcommands: SUBCOMMANDS,
  run(_args, world) {
    world.err(`which one? ${SUBCOMMANDS.map(({ name }) => `tributary user ${name}`).join(', ')}\n`);
    return Promise.resolve(EXIT_USAGE);
  },
};

function forecastText(email: string, { deleted, left }: DeletionForecast): string {
  const gone = deleted.map(({ name, id, otherMembers }) => {
    const others = otherMembers.length === 0 ? '' : `, with ${plural(otherMembers.length, 'other member')}`;
    return `  ${name} (${id})${others}\n`;
  });
  return [
    `This deletes the account ${email}, and these workspaces for everybody:\n`,
    ...(gone.length === 0 ? ['  none\n'] : gone),
    `It leaves ${plural(left.length, 'other workspace')}. Do it with --yes.\n`,
  ].join('');
}
