/** A TCP proxy on 127.0.0.1 that adds latency. */
export interface DelayProxy extends AsyncDisposable {
  /** Where it listens, as an HTTP endpoint. */
  readonly url: string;
}

const REQUEST_BUFFER = 2 ** 16;
const ANSWER_BUFFER = 2 ** 20;

/**
 * Passes connections on to a port of 127.0.0.1 and hands every byte that a client sends on `delayMs` later: each request
 * takes that much longer, as if the server were so far away, and answers lose no bandwidth.
 */
export function startDelayProxy(port: number, delayMs: number): Promise<DelayProxy> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const sockets = new Set<Deno.Conn>();
  const serve = async () => {
    for await (const client of listener) {
      client.setNoDelay(true);
      void pass(client, port, delayMs, sockets);
    }
  };
  const serving = serve();
  return Promise.resolve({
    url: `http://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const socket of sockets) close(socket);
      await serving;
    },
  });
}

async function pass(
  client: Deno.Conn,
  port: number,
  delayMs: number,
  sockets: Set<Deno.Conn>,
): Promise<void> {
  const server = await Deno.connect({ hostname: "127.0.0.1", port });
  server.setNoDelay(true);
  sockets.add(client).add(server);
  try {
    await Promise.race([passLate(client, server, delayMs), passAtOnce(server, client)]);
  } catch {
    // Either side has closed; that ends the other, too.
  }
  for (const socket of [client, server]) {
    sockets.delete(socket);
    close(socket);
  }
}

async function passLate(from: Deno.Conn, to: Deno.Conn, delayMs: number): Promise<void> {
  let tail = Promise.resolve();
  for (;;) {
    const buffer = new Uint8Array(REQUEST_BUFFER);
    const count = await from.read(buffer);
    const late = new Promise((resolve) => setTimeout(resolve, delayMs));
    tail = tail.then(() => late).then(() =>
      count === null ? undefined : writeAll(to, buffer.subarray(0, count))
    );
    if (count === null) return await tail;
    tail.catch(() => {});
  }
}

async function passAtOnce(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(ANSWER_BUFFER);
  for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
    await writeAll(to, buffer.subarray(0, count));
  }
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}

function close(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // It is closed already.
  }
}
