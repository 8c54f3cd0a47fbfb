/** For tests and simulations: time and a network in memory, the same way each time. */
export { ManualClock } from './manual-clock.ts';
export {
  MemoryLink,
  MemoryNetwork,
  type Accept,
  type Direction,
  type MemoryNetworkOptions,
  type MessageInTransit,
} from './memory-network.ts';
