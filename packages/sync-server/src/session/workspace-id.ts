const WORKSPACE_ID = /^[A-Za-z0-9_-]{1,64}$/;

export function isWorkspaceId(text: string): boolean {
  return WORKSPACE_ID.test(text);
}
