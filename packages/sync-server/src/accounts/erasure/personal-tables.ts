/** Which rows of a shared workspace are a member's own, so that they go with the member's account. */

export interface PersonalTables {
  /** By table: the place in its key at which the member stands. */
  readonly byKey: ReadonlyMap<string, number>;
  /** By table: the column in which the member stands. */
  readonly byColumn: ReadonlyMap<string, string>;
  /** A table whose rows quote values of other rows: they go where they quote a member's own. */
  readonly quotes?: { readonly table: string; readonly tableColumn: string; readonly keyColumn: string };
}

/** Of the workspace's schema. What a member wrote for everybody, such as notes, belongs to the workspace. */
export const WORKSPACE_PERSONAL_TABLES: PersonalTables = {
  byKey: new Map([
    ['users', 0],
    ['api_keys', 0],
    ['settings', 0],
  ]),
  byColumn: new Map([['devices', 'user_id']]),
  quotes: { table: 'conflicts', tableColumn: 'table_name', keyColumn: 'row_key' },
};
