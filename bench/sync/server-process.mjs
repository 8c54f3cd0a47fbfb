/** One server, until the process that started it lets go of it. */
const { peer, ...options } = JSON.parse(process.argv[2]);
const { startServer } = await import(`./peers/${peer}-server.mjs`);

const { url } = await startServer(options);

process.on('message', () => void tellMemory());
process.on('disconnect', () => process.exit());
process.send({ url });

async function tellMemory() {
  // What a collection makes unreachable, the next one collects.
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed } = process.memoryUsage();
  process.send({ rssBytes: rss, heapBytes: heapUsed });
}
