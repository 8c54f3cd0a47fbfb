/** Who is measured, in the order of a round: the reference first. */
import { openDriver } from '@tributary/database';

const ENGINES = ['wasm', 'native'];

export function contendersFor(engine) {
  const engines = ENGINES.filter((each) => (engine === undefined || each === engine) && isAvailable(each));
  return {
    reference: { name: 'plain ws', peer: 'ws' },
    durableReference: { name: 'plain ws that flushes', peer: 'ws', server: { isDurable: true } },
    ours: engines.map((each) => ({ name: `tributary, ${each}`, peer: 'tributary', engine: each })),
    relay: { name: 'relay', peer: 'tributary' },
  };
}

function isAvailable(engine) {
  try {
    openDriver({ path: ':memory:', engine }).close();
    return true;
  } catch {
    return false;
  }
}
