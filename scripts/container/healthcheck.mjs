/** In the image: whether the server takes clients in. Exits with 0 or 1, as HEALTHCHECK wants it. */
const port = process.env.TRIBUTARY_PORT || process.env.PORT || '8787';
const TIMEOUT_MS = 4_000;

try {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  console.log((await answer.text()).trim());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.log(`no answer on port ${port}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
