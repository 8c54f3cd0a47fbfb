/** The server as an app would embed it, in a process that tests can kill. Its options are the argument, as JSON. */
import { SyncServer } from '@tributary/sync-server';

const server = await new SyncServer(JSON.parse(process.argv[2])).start();
process.on('SIGTERM', () => void server.stop().then(() => process.exit()));
process.send(server.port);
