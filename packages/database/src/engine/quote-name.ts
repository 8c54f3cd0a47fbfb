/** An SQL identifier, safe for any table or column name. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
