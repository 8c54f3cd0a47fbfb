/** Waiting for what a client sees, without asking again and again. */

/** Resolves in the callback after which `isSo` holds. */
export function until(client, isSo) {
  return new Promise((resolve) => {
    const stop = client.onChange(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
