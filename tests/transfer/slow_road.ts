import type { FakeClock } from "@lade/testing";

/** How fast bytes go from a service, in bytes per second; as fast as they can where nothing is said. */
export interface RoadWidth {
  /** Over each connection. */
  readonly perConnection?: number;
  /** Over all of them together. */
  readonly inAll?: number;
}

/** Stands before a server on this machine and lets what it answers go by as fast as is said, by a clock. */
export class SlowRoad implements AsyncDisposable {
  /** Where clients go in place of the server. */
  readonly url: string;
  readonly #clock: FakeClock;
  readonly #width: Required<RoadWidth>;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.Conn>();
  readonly #work: Promise<unknown>[] = [];
  #dueMs = 0;

  /** Begins to listen. */
  constructor(clock: FakeClock, port: number, { perConnection = Infinity, inAll = Infinity }: RoadWidth) {
    this.#clock = clock;
    this.#width = { perConnection, inAll };
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${this.#listener.addr.port}`;
    this.#work.push(this.#accept(port));
  }

  /** Closes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const socket of this.#open) close(socket);
    await Promise.all(this.#work);
  }

  async #accept(port: number): Promise<void> {
    for (;;) {
      const client = await this.#listener.accept().catch(() => undefined);
      if (!client) return;
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#open.add(client).add(server);
      this.#work.push(this.#pass(client, server, false), this.#pass(server, client, true));
    }
  }

  async #pass(from: Deno.Conn, to: Deno.Conn, isSlow: boolean): Promise<void> {
    const buffer = new Uint8Array(2 ** 16);
    try {
      for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
        if (isSlow) await this.#slow(count);
        for (let sent = 0; sent < count;) sent += await to.write(buffer.subarray(sent, count));
      }
    } catch {
      // One side went away.
    }
    close(from);
    close(to);
  }

  async #slow(bytes: number): Promise<void> {
    const { inAll, perConnection } = this.#width;
    const nowMs = this.#clock.monotonicMs();
    this.#dueMs = Math.max(this.#dueMs, nowMs) + bytes / inAll * 1_000;
    await this.#clock.sleep(Math.max(this.#dueMs - nowMs, bytes / perConnection * 1_000));
  }
}

function close(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // It is closed.
  }
}
