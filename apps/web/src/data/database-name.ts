/** What a database in this browser is called: each person has their own of each workspace, also on a shared computer. */
export interface DatabaseOwner {
  readonly userId: string;
  readonly workspaceId: string;
}

export function databaseName({ userId, workspaceId }: DatabaseOwner): string {
  return `${userId}/${workspaceId}`;
}

/** Ids of users are UUIDs, so the first slash ends them. */
export function parseDatabaseName(name: string): DatabaseOwner {
  const end = name.indexOf('/');
  if (end < 1) throw new TypeError(`${name} is no name of a database: it has to be <user>/<workspace>`);
  return { userId: name.slice(0, end), workspaceId: name.slice(end + 1) };
}
