/** Every table that the cloud owns: nothing in them can be made anew from the log. */
import { commented, type CommentedTable } from '../comments.ts';
import * as billing from './billing.ts';
import * as people from './people.ts';
import * as workspaces from './workspaces.ts';

export const accountTables: readonly CommentedTable[] = [
  commented(people.users, people.usersComments),
  commented(people.accountSecrets, people.accountSecretsComments),
  commented(people.identities, people.identitiesComments),
  commented(people.devices, people.devicesComments),
  commented(people.sessions, people.sessionsComments),
  commented(people.auditEvents, people.auditEventsComments),
  commented(workspaces.workspaces, workspaces.workspacesComments),
  commented(workspaces.members, workspaces.membersComments),
  commented(workspaces.invitations, workspaces.invitationsComments),
  commented(workspaces.sites, workspaces.sitesComments),
  commented(workspaces.erasures, workspaces.erasuresComments),
  commented(billing.subscriptions, billing.subscriptionsComments),
  commented(billing.webhookEvents, billing.webhookEventsComments),
];
