/** How bytes get from a client to the relay and back. */
export {
  CONNECTION_LOST,
  NORMAL_CLOSURE,
  PROTOCOL_VIOLATION,
  type ClientConnectionHandler,
  type Connect,
  type Connection,
  type ConnectionHandler,
} from './connection.ts';
export { connectWebSocket } from './websocket.ts';
