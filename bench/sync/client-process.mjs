/** One workload from the clients' side. Everything is imported before it begins. */
const { workload, peer, ...options } = JSON.parse(process.argv[2]);
const { openClient } = await import(`./peers/${peer}-client.mjs`);
const { run } = await import(`./workloads/${workload}.mjs`);

process.on('disconnect', () => process.exit());
process.once('message', () => void report());
process.send({});

async function report() {
  process.send({ figures: await run({ ...options, peer, openClient, serverMemory }) });
}

function serverMemory() {
  const answer = new Promise((resolve) => process.once('message', resolve));
  process.send({ wants: 'memory' });
  return answer;
}
