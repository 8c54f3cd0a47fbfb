import type { AuthorizationServices } from './authorization.ts';
import type { Logger } from '../logger.ts';
import type { RelayCounters } from '../metrics/relay-counters.ts';
import type { Rooms } from '../room/rooms.ts';
import type { PushServices } from './push-intake.ts';
import type { Users } from './users.ts';

/** What all sessions of a relay share. */
export interface SessionServices extends AuthorizationServices, PushServices {
  readonly rooms: Rooms;
  readonly users: Users;
  readonly counters: RelayCounters;
  readonly logger: Logger;
  /** Called once for each session. */
  readonly ended: (session: object) => void;
}
