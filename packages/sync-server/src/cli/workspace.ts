/** `tributary workspace`: workspaces and their members, as whoever runs the server manages them. */
import { z } from 'zod';
import { ROLES, type Role } from '../auth/identity.ts';
import { count, flag, oneOf, text } from '../config/values.ts';
import {
  workspaceAddMember,
  workspaceCreate,
  workspaceDelete,
  workspaceInvite,
  workspaceList,
  workspaceMembers,
  workspaceRemoveMember,
  workspaceRole,
} from '../control/operations/workspaces.ts';
import { accountCommand, JSON_FLAG, jsonText, momentText } from './account-command.ts';
import { EXIT_USAGE, type Command } from './command.ts';
import { textTable } from './output/text-table.ts';

const words = z.array(z.string());
const json = flag.default(false);

const MAX_DAYS = 30;
const MAX_USES = 100;

const ROLE_FLAG = {
  name: 'role',
  placeholder: 'role',
  description: `What the member may do: ${ROLES.join(', ')}. Default: editor.`,
} as const;

const role = oneOf(ROLES).default('editor' satisfies Role);

const list = accountCommand({
  name: 'list',
  summary: 'Says which workspaces there are.',
  usage: 'workspace list [--json]',
  words: [],
  flags: [JSON_FLAG],
  schema: z.object({ json }),
  changesRights: false,
  async work(given, _words, { call, world }) {
    const workspaces = await call(workspaceList, {});
    const columns = ['id', 'name', 'owner', 'members', 'since'].map((name) => ({ name }));
    const rows = workspaces.map(({ id, name, ownerEmail, members: size, createdAt }) => [
      id,
      name,
      ownerEmail,
      String(size),
      momentText(createdAt),
    ]);
    world.out(given.json ? jsonText(workspaces) : textTable(columns, rows));
  },
});

const create = accountCommand({
  name: 'create',
  summary: 'Makes a workspace for an account.',
  usage: 'workspace create <name> --owner <e-mail> [--json]',
  words: ['name'],
  flags: [{ name: 'owner', placeholder: 'e-mail', description: 'Whose it is.' }, JSON_FLAG],
  schema: z.object({ words, owner: text, json }),
  changesRights: true,
  async work(given, [name = ''], { call, world }) {
    const created = await call(workspaceCreate, { name, ownerEmail: given.owner });
    world.out(given.json ? jsonText(created) : `${created.id}\n`);
  },
});

const members = accountCommand({
  name: 'members',
  summary: 'Says who is in a workspace.',
  usage: 'workspace members <workspace> [--json]',
  words: ['workspace'],
  flags: [JSON_FLAG],
  schema: z.object({ words, json }),
  changesRights: false,
  async work(given, [workspaceId = ''], { call, world }) {
    const listed = await call(workspaceMembers, { workspaceId });
    const columns = ['e-mail', 'name', 'role', 'pays', 'since'].map((name) => ({ name }));
    const rows = listed.map(({ email, name, role: has, isPaying, joinedAt }) => [
      email,
      name,
      has,
      isPaying ? 'yes' : '',
      momentText(joinedAt),
    ]);
    world.out(given.json ? jsonText(listed) : textTable(columns, rows));
  },
});

const addMember = accountCommand({
  name: 'add-member',
  summary: 'Makes an account a member of a workspace.',
  usage: 'workspace add-member <workspace> <e-mail> [--role <role>]',
  words: ['workspace', 'e-mail'],
  flags: [ROLE_FLAG],
  schema: z.object({ words, role }),
  changesRights: true,
  async work(given, [workspaceId = '', email = ''], { call, world }) {
    await call(workspaceAddMember, { workspaceId, email, role: given.role });
    world.out('added\n');
  },
});

const changeRole = accountCommand({
  name: 'role',
  summary: 'Says what a member may do, at once.',
  usage: 'workspace role <workspace> <e-mail> <role>',
  words: ['workspace', 'e-mail', 'role'],
  flags: [],
  schema: z.object({ words }),
  changesRights: true,
  async work(_given, [workspaceId = '', email = '', wanted = ''], { call, world }) {
    const known = ROLES.find((name) => name === wanted);
    if (known === undefined) {
      world.err(`the role has to be one of ${ROLES.join(', ')}\n`);
      return EXIT_USAGE;
    }
    await call(workspaceRole, { workspaceId, email, role: known });
    world.out('changed\n');
    return undefined;
  },
});

const removeMember = accountCommand({
  name: 'remove-member',
  summary: 'Takes somebody out of a workspace, at once.',
  usage: 'workspace remove-member <workspace> <e-mail>',
  words: ['workspace', 'e-mail'],
  flags: [],
  schema: z.object({ words }),
  changesRights: true,
  async work(_given, [workspaceId = '', email = ''], { call, world }) {
    await call(workspaceRemoveMember, { workspaceId, email });
    world.out('removed\n');
  },
});

const invite = accountCommand({
  name: 'invite',
  summary: 'Makes a link that lets others into a workspace.',
  usage: 'workspace invite <workspace> [--role <role>] [--days <number>] [--uses <number>] [--json]',
  details: ['What it prints follows the address of the server, and is told this once.'],
  words: ['workspace'],
  flags: [
    ROLE_FLAG,
    { name: 'days', placeholder: 'number', description: `How long it is good, at most ${MAX_DAYS}. Default: 7.` },
    { name: 'uses', placeholder: 'number', description: `How many may follow it, at most ${MAX_USES}. Default: 1.` },
    JSON_FLAG,
  ],
  schema: z.object({ words, role, days: atMost(MAX_DAYS, 7), uses: atMost(MAX_USES, 1), json }),
  changesRights: false,
  async work(given, [workspaceId = ''], { call, world }) {
    const { days, uses } = given;
    const link = await call(workspaceInvite, { workspaceId, role: given.role, days, uses });
    world.out(given.json ? jsonText(link) : `/join#${link.token}\n`);
  },
});

const remove = accountCommand({
  name: 'delete',
  summary: 'Deletes a workspace and erases all that is in it.',
  usage: 'workspace delete <workspace> --yes',
  details: ['For all of its members, and for good. It comes back when everything is erased.'],
  words: ['workspace'],
  flags: [{ name: 'yes', description: 'Do it. Without this, it only says who is in it.' }],
  schema: z.object({ words, yes: flag.default(false) }),
  changesRights: true,
  async work({ yes }, [workspaceId = ''], { call, world }) {
    if (!yes) {
      const emails = (await call(workspaceMembers, { workspaceId })).map(({ email }) => `  ${email}\n`);
      world.err(`This deletes the workspace for all of its members:\n${emails.join('')}Do it with --yes.\n`);
      return EXIT_USAGE;
    }
    await call(workspaceDelete, { workspaceId });
    world.out('deleted and erased\n');
    return undefined;
  },
});

const SUBCOMMANDS: readonly Command[] = [list, create, members, addMember, changeRole, removeMember, invite, remove];

export const workspace: Command = {
  name: 'workspace',
  summary: 'Makes, lists and deletes workspaces, and says who is in them.',
  usage: 'workspace <list | create | members | add-member | role | remove-member | invite | delete>',
  flags: [],
  subcommands: SUBCOMMANDS,
  run(_args, world) {
    world.err(`which one? ${SUBCOMMANDS.map(({ name }) => `tributary workspace ${name}`).join(', ')}\n`);
    return Promise.resolve(EXIT_USAGE);
  },
};

function atMost(most: number, initial: number) {
  return count.refine((number) => number <= most, `a whole number from 1 to ${most}`).default(initial);
}
