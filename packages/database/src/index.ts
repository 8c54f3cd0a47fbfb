export { openReplica } from './replica/open-replica.ts';
export { Replica } from './replica/replica.ts';
