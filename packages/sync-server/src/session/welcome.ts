import type { ServerFrameInit } from '@tributary/sync/protocol';
import type { Role } from '../auth/identity.ts';
import type { Admission } from '../room/room-member.ts';
import type { CheckedHello } from './handshake.ts';
import type { SessionServices } from './session-services.ts';

export interface WelcomedMember {
  readonly member: { readonly role: Role; readonly sessionId: string };
  readonly hello: CheckedHello;
  readonly services: Pick<SessionServices, 'limits' | 'clock'>;
}

/** What the client learns when its session is open. */
export function welcomeFrame(
  { epoch, head, siteHead }: Admission,
  { member, hello, services }: WelcomedMember,
): ServerFrameInit {
  const { limits, clock } = services;
  return {
    case: 'welcome',
    value: {
      protocolVersion: hello.protocolVersion,
      epoch,
      head: BigInt(head),
      role: member.role,
      limits: {
        maxFrameBytes: limits.maxFrameBytes,
        maxChangesPerBatch: limits.maxChangesPerBatch,
        maxValueBytes: limits.maxValueBytes,
        maxVersionBytes: limits.maxVersionBytes,
      },
      ackedVersion: BigInt(siteHead.version),
      ackedSeq: BigInt(siteHead.seq),
      serverTimeMs: BigInt(Math.floor(clock.now())),
      sessionId: member.sessionId,
      heartbeatMs: limits.heartbeatMs,
    },
  };
}
