/** Everything that can be asked of a running server. */
import type { AnyOperation } from '../operation.ts';
import { aboutServer } from './about-server.ts';
import { diagnoseCloud } from './diagnose-cloud.ts';
import { forecastFresh, fresh } from './fresh.ts';
import { maintain } from './maintain.ts';
import { migrate, rollback } from './migrations.ts';
import { projectionStatus } from './projection-status.ts';
import { rebuild } from './rebuild.ts';
import { runStatement } from './run-statement.ts';
import { userAdd, userDelete, userDevices, userForecast, userList, userPassword, userRevoke } from './users.ts';
import { workspaceHeads } from './workspace-heads.ts';
import {
  workspaceAddMember,
  workspaceCreate,
  workspaceDelete,
  workspaceInvite,
  workspaceList,
  workspaceMembers,
  workspaceRemoveMember,
  workspaceRole,
} from './workspaces.ts';

export const OPERATIONS: readonly AnyOperation[] = [
  runStatement,
  migrate,
  rollback,
  forecastFresh,
  fresh,
  projectionStatus,
  rebuild,
  maintain,
  workspaceHeads,
  aboutServer,
  diagnoseCloud,
  userAdd,
  userList,
  userPassword,
  userForecast,
  userDelete,
  userDevices,
  userRevoke,
  workspaceList,
  workspaceCreate,
  workspaceMembers,
  workspaceAddMember,
  workspaceRole,
  workspaceRemoveMember,
  workspaceInvite,
  workspaceDelete,
];
