/** Where `openSocket` connects to. */
export interface SocketTarget {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly caCerts: readonly string[];
  /** Whether the server's certificate is verified. */
  readonly verify: boolean;
}
