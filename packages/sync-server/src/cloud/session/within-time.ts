/** A limit that needs no help from the server: when the time is up the session is ended, whatever it is waiting for. */
import { timedOut } from '../cloud-error.ts';
import type { Session } from './session.ts';

export async function withinTime<T>(session: Session, timeoutMs: number, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = timedOut(timeoutMs);
      session.abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    return await Promise.race([call(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
