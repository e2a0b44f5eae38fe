import type { Socket } from "./connection.ts";
import type { EndpointAddress } from "./endpoint_address.ts";

/** Where `openSocket` connects to. */
export interface SocketTarget {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly caCerts: readonly string[];
  /** Whether the server's certificate is verified. */
  readonly verify: boolean;
}

/** A socket, and the address it leads to. */
export interface OpenedSocket<S extends Socket = Socket> {
  readonly socket: S;
  readonly address: EndpointAddress;
}
