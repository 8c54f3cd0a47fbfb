/** People who sign in all at once, again and again, until told to end. */
const { address, email, password, people } = JSON.parse(process.argv[2]);

let logins = 0;
const ending = new AbortController();

process.on('message', () => {
  ending.abort();
});

async function signInAgainAndAgain(number) {
  const body = JSON.stringify({ email, password, device: { name: `Device ${number}`, platform: 'web' } });
  const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
  while (!ending.signal.aborted) {
    const response = await fetch(`${address}/v1/auth/login`, request);
    await response.text();
    if (response.ok) logins++;
    else await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get('Retry-After') ?? 1)));
  }
}

const begun = performance.now();
process.send('begun');
await Promise.all(Array.from({ length: people }, (_, number) => signInAgainAndAgain(number)));
process.send({ perSecond: (1000 * logins) / (performance.now() - begun) });
process.disconnect();
