/** How `types` of a batch's body names the type of a value. */
export const NULL = 0;
export const INTEGER = 1;
export const REAL = 2;
export const TEXT = 3;
export const BLOB = 4;
/** A TEXT that is a lower-case UUID. */
export const UUID = 5;

export const REAL_BYTES = 8;
