export function openSocket(url: string): WebSocket {
  return new WebSocket(url);
}
