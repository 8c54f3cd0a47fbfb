/** Every identifier in a statement, lower-cased: bare words and quoted names. String literals may slip in. */
export function wordsOf(sql: string): Set<string> {
  const words = sql.match(/"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  return new Set(words.map((word) => word.replace(/^["`[]|["`\]]$/g, '').toLowerCase()));
}
