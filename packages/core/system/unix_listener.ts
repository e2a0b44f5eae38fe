import { nodeModule, type NodeModules } from "@lade/codec/node";
import { NodeStream } from "./node_stream.ts";
import { system } from "./runtime_system.ts";

/** A connection over a Unix socket. */
export type UnixConnection = Pick<Deno.UnixConn, "close" | "read" | "write">;

/** A Unix socket that is listened on. */
export interface UnixListener {
  /** Waits for whoever connects next; rejects once it is closed. */
  accept(): Promise<UnixConnection>;
  /** Ends listening, and removes the file, unless another one lies there by now; connections that were accepted stay. */
  close(): void;
}

/** What a runtime has; `isOwn` says whether the file is still the listener's. */
interface RuntimeListener {
  accept(): Promise<UnixConnection>;
  close(isOwn: boolean): void;
}

/** Listens on a Unix socket, whose file is made at `path`; rejects where something lies there, or none can be made. */
export async function listenUnix(path: string): Promise<UnixListener> {
  const listener = typeof Deno === "undefined" ? await listenInNode(path) : listenInDeno(path);
  const made = system.lstatSync(path);
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => {});
  const isOwn = () => {
    try {
      const { dev, ino } = system.lstatSync(path);
      return dev === made.dev && ino === made.ino;
    } catch (error) {
      if (!(error instanceof system.errors.NotFound)) throw error;
      return false;
    }
  };
  return {
    accept: () => Promise.race([closed.promise, listener.accept()]),
    close() {
      closed.reject(new Error("the listener was closed"));
      listener.close(isOwn());
      if (isOwn()) system.removeSync(path);
    },
  };
}

function listenInDeno(path: string): RuntimeListener {
  const listener = Deno.listen({ transport: "unix", path });
  return {
    accept: () => listener.accept(),
    close(isOwn) {
      // Deno removes what lies there, whosever that is.
      if (isOwn) listener.close();
      else listener.unref();
    },
  };
}

async function listenInNode(path: string): Promise<RuntimeListener> {
  const { createServer } = nodeModule("node:net") as NodeModules["node:net"];
  const { linkSync, statSync, unlinkSync } = nodeModule("node:fs") as NodeModules["node:fs"];
  const waiting: NodeStream[] = [];
  let wake = () => {};
  // Whoever has said all may still be told something.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    waiting.push(new NodeStream(socket));
    wake();
  });
  const listener: RuntimeListener = {
    async accept() {
      for (;;) {
        const connection = waiting.shift();
        if (connection) return connection;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    close() {
      server.close();
      for (const connection of waiting) connection.close();
    },
  };
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  // Node says of a directory that is not there that access is denied.
  statSync(directory || ".");
  // At the end Node removes what lies where it listened, whosever that is: this name is nobody else's.
  const own = `${directory}.${crypto.randomUUID().slice(0, 7)}`;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ path: own }, resolve));
  try {
    linkSync(own, path);
    unlinkSync(own);
  } catch (error) {
    listener.close(true);
    throw error;
  }
  return listener;
}
