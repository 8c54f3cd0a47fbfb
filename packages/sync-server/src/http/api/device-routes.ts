/** Where an account is signed in. */
import { createRoute, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Devices, ListedDevice } from '../../accounts/devices.ts';
import { body, json, NOTHING, problems, type Api, type ApiEnv } from './api.ts';
import { device, id, name, time } from './account-schemas.ts';
import { originOf, type WebOptions } from './refresh-cookie.ts';
import { accountOf, BEARER } from './signed-in.ts';

export interface DeviceRouteServices {
  readonly devices: Devices;
  readonly signedIn: MiddlewareHandler<ApiEnv>;
  readonly web: WebOptions;
}

const TAGS = ['Devices'];
const ALWAYS = ['unauthenticated', 'not_an_account', 'accounts_unavailable'] as const;

const params = z.object({ id });

const listedDevice = device
  .extend({
    createdAt: time,
    lastSeenAt: time.openapi({ description: 'To the hour.' }),
    revokedAt: time.nullable(),
    isCurrent: z.boolean().openapi({ description: 'Whether it is the one that asks.' }),
    sites: z
      .array(z.object({ workspaceId: z.string(), siteId: z.string() }))
      .openapi({ description: 'The replicas that synced there.' }),
  })
  .openapi('ListedDevice');

const list = createRoute({
  method: 'get',
  path: '/v1/devices',
  operationId: 'listDevices',
  tags: TAGS,
  summary: 'Where the account is, or was, signed in',
  security: BEARER,
  responses: {
    200: json('The one that was heard of last comes first.', z.object({ devices: z.array(listedDevice) })),
    ...problems(...ALWAYS),
  },
});

const rename = createRoute({
  method: 'patch',
  path: '/v1/devices/{id}',
  operationId: 'renameDevice',
  tags: TAGS,
  summary: 'Call a device something else',
  security: BEARER,
  request: { params, ...body(z.strictObject({ name }).openapi('DeviceChange')) },
  responses: { ...NOTHING, ...problems(...ALWAYS, 'not_found', 'body_too_large') },
});

const revoke = createRoute({
  method: 'post',
  path: '/v1/devices/{id}/revoke',
  operationId: 'revokeDevice',
  tags: TAGS,
  summary: 'Shut a device out',
  description: 'What it syncs next is refused. Signing in there again makes it a new device.',
  security: BEARER,
  request: { params },
  responses: { ...NOTHING, ...problems(...ALWAYS, 'not_found') },
});

export function addDeviceRoutes(api: Api, { devices, signedIn, web }: DeviceRouteServices): void {
  for (const route of [list, rename, revoke]) api.use(route.getRoutingPath(), signedIn);

  api.openapi(list, async (context) => {
    const account = accountOf(context.var.identity);
    const rows = await devices.list(account.userId);
    return context.json({ devices: rows.map((row) => deviceText(row, account.deviceId)) }, 200);
  });

  api.openapi(rename, async (context) => {
    const { userId } = accountOf(context.var.identity);
    await devices.rename({ userId, deviceId: context.req.valid('param').id }, context.req.valid('json').name);
    return context.body(null, 204);
  });

  api.openapi(revoke, async (context) => {
    const { userId } = accountOf(context.var.identity);
    await devices.revoke({ userId, deviceId: context.req.valid('param').id }, originOf(context, web).address);
    return context.body(null, 204);
  });
}

function deviceText(row: ListedDevice, currentId: string): z.output<typeof listedDevice> {
  return {
    id: row.id,
    name: row.name,
    platform: row.platform,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    isCurrent: row.id === currentId,
    sites: [...row.sites],
  };
}
