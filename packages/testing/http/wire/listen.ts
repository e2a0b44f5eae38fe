import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** A listening socket. */
export interface Listener {
  /** The port the system chose. */
  port: number;
  /** Stops listening; settles once every connection is closed too. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1, with TLS when a certificate is given. */
export async function listen(
  tls: { cert: string; key: string } | undefined,
  accept: (socket: Socket) => void,
): Promise<Listener> {
  const server: Server = tls === undefined
    ? createServer({ allowHalfOpen: true }, accept)
    : createTlsServer({ ...tls, allowHalfOpen: true, ALPNProtocols: ["http/1.1"] }, accept);
  // A client that breaks off the handshake is not an error of the server.
  server.on("tlsClientError", () => {});
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: () => new Promise((done) => server.close(() => done())),
  };
}
