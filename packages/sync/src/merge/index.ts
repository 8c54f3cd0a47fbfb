/** The merge of changes: pure functions, no I/O, the same result on every replica and in the cloud. */
export { compact } from './compact.ts';
export { compareValues } from './compare-values.ts';
export {
  detectConflicts,
  type Conflict,
  type Contender,
  type DeliveredBatch,
  type OwnEdits,
} from './detect-conflicts.ts';
export { causalLength, fold, isAlive, UNKNOWN_ROW, type Cell, type Clock, type RowState } from './fold.ts';
