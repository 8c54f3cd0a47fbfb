/** Accounts, as whoever runs the server manages them. */
import { z } from 'zod';
import type { ListedUser } from '../../accounts/account-admin.ts';
import type { DeletionForecast } from '../../accounts/erasure/account-deletion.ts';
import type { Operation } from '../operation.ts';
import { whileWanted, withAccounts } from './with-accounts.ts';

export interface UserRecord {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly hasPassword: boolean;
  readonly devices: number;
  readonly createdAt: string;
  readonly lastSeenAt: string | null;
}

export interface DeviceRecord {
  readonly id: string;
  readonly name: string;
  readonly platform: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly revokedAt: string | null;
}

const userSchema = z.object({ email: z.string() });

type UserInput = z.output<typeof userSchema>;

const newUserSchema = userSchema.extend({ name: z.string().optional(), password: z.string().optional() });

export const userAdd: Operation<z.output<typeof newUserSchema>, never, { readonly id: string }> = {
  name: 'user-add',
  input: newUserSchema,
  needsLog: false,
  isExclusive: false,
  run: ({ email, name, password }, { place }) =>
    withAccounts(place, async ({ admin }) => {
      const { id } = await admin.addUser({ email, password, ...(name !== undefined && { name }) });
      return { id };
    }),
};

export const userList: Operation<Record<string, never>, never, readonly UserRecord[]> = {
  name: 'user-list',
  input: z.object({}) as z.ZodType<Record<string, never>>,
  needsLog: false,
  isExclusive: false,
  run: (_input, { place }) => withAccounts(place, async ({ admin }) => (await admin.listUsers()).map(userRecord)),
};

const passwordSchema = userSchema.extend({ password: z.string() });

export const userPassword: Operation<z.output<typeof passwordSchema>, never, null> = {
  name: 'user-password',
  input: passwordSchema,
  needsLog: true,
  isExclusive: false,
  run: ({ email, password }, { place }) =>
    withAccounts(place, async ({ admin }) => {
      await admin.setPassword(email, password);
      return null;
    }),
};

export const userForecast: Operation<UserInput, never, DeletionForecast> = {
  name: 'user-forecast',
  input: userSchema,
  needsLog: true,
  isExclusive: false,
  run: ({ email }, { place }) =>
    withAccounts(place, async ({ deletion, workspaceAdmin }) =>
      deletion.forecast(await workspaceAdmin.userWith(email)),
    ),
};

/** Comes back when everything is erased. */
export const userDelete: Operation<UserInput, never, null> = {
  name: 'user-delete',
  input: userSchema,
  needsLog: true,
  isExclusive: false,
  run: ({ email }, { place, signal }) =>
    withAccounts(place, async ({ deletion, workspaceAdmin, erased }) => {
      await deletion.deleteUnasked(await workspaceAdmin.userWith(email));
      await whileWanted(erased(), signal);
      return null;
    }),
};

export const userDevices: Operation<UserInput, never, readonly DeviceRecord[]> = {
  name: 'user-devices',
  input: userSchema,
  needsLog: false,
  isExclusive: false,
  run: ({ email }, { place }) =>
    withAccounts(place, async ({ devices, workspaceAdmin }) => {
      const listed = await devices.list(await workspaceAdmin.userWith(email));
      return listed.map(({ id, name, platform, createdAt, lastSeenAt, revokedAt }) => ({
        id,
        name,
        platform,
        createdAt: createdAt.toISOString(),
        lastSeenAt: lastSeenAt.toISOString(),
        revokedAt: revokedAt?.toISOString() ?? null,
      }));
    }),
};

const deviceSchema = userSchema.extend({ deviceId: z.uuid() });

export const userRevoke: Operation<z.output<typeof deviceSchema>, never, null> = {
  name: 'user-revoke',
  input: deviceSchema,
  needsLog: true,
  isExclusive: false,
  run: ({ email, deviceId }, { place }) =>
    withAccounts(place, async ({ devices, workspaceAdmin }) => {
      await devices.revoke({ userId: await workspaceAdmin.userWith(email), deviceId });
      return null;
    }),
};

function userRecord({ createdAt, lastSeenAt, ...user }: ListedUser): UserRecord {
  return { ...user, createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt?.toISOString() ?? null };
}
