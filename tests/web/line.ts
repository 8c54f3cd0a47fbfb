/**
 * The network between a browser and the server. It can be cut: what was open breaks, and nothing new is let through. Or it
 * falls silent, as on a train: everything stays open, and nothing comes.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Even an end of them does not get through. */
  readonly #silenced = new WeakSet<Socket>();
  #isCut = false;
  #isSilent = false;

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      if (this.#isCut) {
        near.destroy();
        return;
      }
      if (this.#isSilent) {
        this.#sockets.add(near.on('error', () => near.destroy()));
        return;
      }
      const far = connect(targetPort, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        const end = () => this.#silenced.has(other) || other.destroy();
        one.on('error', end);
        one.on('close', () => {
          this.#sockets.delete(one);
          end();
        });
        one.pipe(other);
      }
    });
  }

  static async open(targetPort: number): Promise<Line> {
    const line = new Line(targetPort);
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  /** What the browser has to open: browsers trust localhost like https. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://localhost:${port}`;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** What is open, or is opened meanwhile, is never heard of again. */
  fallSilent(): void {
    this.#isSilent = true;
    for (const socket of this.#sockets) this.#silenced.add(socket.unpipe().pause());
  }

  /** For what is opened from now on. */
  mend(): void {
    this.#isCut = false;
    this.#isSilent = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
