/** SQLite's fundamental types, by number. */
export const INTEGER = 1;
export const FLOAT = 2;
export const TEXT = 3;
export const BLOB = 4;

/** Destructors: the bytes stay where they are until the statement is reset, or SQLite copies them. */
export const STATIC = 0;
export const TRANSIENT = -1;
