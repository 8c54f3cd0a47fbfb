/** Loaded into a process before its program: tells the process that started it how much memory is in use, when asked. */
process.on('message', (message) => {
  if (message !== 'memory') return;
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({ rssBytes: rss, liveBytes: heapUsed + external });
});

// Being asked is no reason to live.
process.channel.unref();
