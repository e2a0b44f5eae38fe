import type { AddressBook } from "./address_book.ts";
import { FakeClock } from "@lade/testing";
import { Connection, type Socket } from "./connection.ts";
import { EndpointPool } from "./endpoint_pool.ts";
import { Pace } from "./pace.ts";
import { completeTransportOptions } from "./transport_config.ts";
import type { TransportOptions } from "./transport_options.ts";

/** A socket that stays silent until `arrive` or `end` is called. */
export class SilentSocket implements Socket {
  readonly remoteAddr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  closed = false;
  #pending: ((count: number | null) => void) | undefined;

  read(): Promise<number | null> {
    return new Promise((resolve) => this.#pending = resolve);
  }

  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(bytes.length);
  }

  /** Lets the read under way give so many bytes, or the end. */
  arrive(count: number | null): void {
    this.#pending?.(count);
  }

  close(): void {
    this.closed = true;
    this.#pending?.(null);
  }

  ref(): void {}
  unref(): void {}
}

/** A connection that a pool has begun to open. */
export interface PendingOpening {
  /** Opens, at the address of that number where the pool has addresses. */
  succeed(address?: number): Connection;
  fail(error: unknown): void;
  readonly socket: SilentSocket;
  /** What was asked of the opener. */
  readonly elsewhere: string | undefined;
}

/** A pool whose connections open when the test says so. */
export function makePool(
  options: TransportOptions = {},
  addresses?: AddressBook,
): { pool: EndpointPool; openings: PendingOpening[] } {
  const config = completeTransportOptions({ clock: new FakeClock(), ...options });
  const { clock, limits } = config;
  const openings: PendingOpening[] = [];
  let id = 0;
  const pool = new EndpointPool(
    (signal, elsewhere) => {
      const { promise, reject, resolve } = Promise.withResolvers<Connection>();
      signal.addEventListener("abort", () => reject(signal.reason));
      const socket = new SilentSocket();
      const succeed = (number?: number) => {
        if (number !== undefined) socket.remoteAddr.hostname = `10.0.0.${number}`;
        const address = [...addresses?.addresses ?? []].find(({ hostname }) =>
          hostname === socket.remoteAddr.hostname
        );
        const connection = new Connection(socket, {
          id: ++id,
          endpoint: "http://h:80",
          ...(address && { address }),
          clock,
          limits,
          pace: new Pace(120_000, 32),
        });
        resolve(connection);
        return connection;
      };
      openings.push({ socket, fail: reject, elsewhere, succeed });
      return promise;
    },
    config,
    addresses,
  );
  return { pool, openings };
}

/** Lets what is ready go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await undefined;
}
