/** The reason of a close: WebSocket has room for 123 bytes of UTF-8, and a half character is none. */
const MAX_REASON_BYTES = 123;

export function closeReason(message: string): string {
  if (Buffer.byteLength(message) <= MAX_REASON_BYTES) return message;
  const ellipsis = '…';
  let reason = '';
  let bytes = Buffer.byteLength(ellipsis);
  for (const character of message) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_REASON_BYTES) break;
    reason += character;
  }
  return reason + ellipsis;
}
