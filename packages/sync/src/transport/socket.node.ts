import { WebSocket as NodeWebSocket } from 'ws';

/** `ws` on every Node, where the one that Node brings exists only from version 22 on and deflates each message. */
export function openSocket(url: string): WebSocket {
  return new NodeWebSocket(url, { perMessageDeflate: false }) as unknown as WebSocket;
}
