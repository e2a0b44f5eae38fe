import { nodeModule, type NodeModules } from "@lade/codec/node";
import { NodeStream } from "./node_stream.ts";

/** A connection over a Unix socket. */
export type UnixConnection = Pick<Deno.UnixConn, "close" | "read" | "write">;

/** A Unix socket that is listened on. */
export interface UnixListener {
  /** Waits for whoever connects next; rejects once it is closed. */
  accept(): Promise<UnixConnection>;
  /** Ends listening, and leaves the file; connections that were accepted stay. */
  close(): void;
}

/** Listens on a Unix socket, whose file is made at `path`; rejects where something lies there, or none can be made. */
export async function listenUnix(path: string): Promise<UnixListener> {
  return typeof Deno === "undefined" ? await listenInNode(path) : Deno.listen({ transport: "unix", path });
}

async function listenInNode(path: string): Promise<UnixListener> {
  const { createServer } = nodeModule("node:net") as NodeModules["node:net"];
  const { linkSync, unlinkSync } = nodeModule("node:fs") as NodeModules["node:fs"];
  const waiting: NodeStream[] = [];
  let isClosed = false;
  let wake = () => {};
  // Whoever has said all may still be told something.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    waiting.push(new NodeStream(socket));
    wake();
  });
  const listener: UnixListener = {
    async accept() {
      for (;;) {
        if (isClosed) throw new Error("the listener was closed");
        const connection = waiting.shift();
        if (connection) return connection;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    close() {
      isClosed = true;
      server.close();
      for (const connection of waiting) connection.close();
      wake();
    },
  };
  // Node removes at the end what lies by then where it listened, which may be another's: that is a name of no one else.
  const own = `${path.slice(0, path.lastIndexOf("/") + 1)}.${crypto.randomUUID().slice(0, 7)}`;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(own, resolve));
  try {
    linkSync(own, path);
  } catch (error) {
    listener.close();
    throw error;
  }
  unlinkSync(own);
  return listener;
}
