import { assertEquals, assertStrictEquals } from "@std/assert";
import { Connection, type Socket } from "./connection.ts";
import { EndpointPool } from "./endpoint_pool.ts";
import { completeTransportOptions } from "./transport_config.ts";

const socket: Socket = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  read: () => new Promise(() => {}),
  write: (bytes) => Promise.resolve(bytes.length),
  close() {},
  ref() {},
  unref() {},
};

Deno.test("EndpointPool.acquire() is not refused by the abort of one who waited before", async () => {
  const config = completeTransportOptions({});
  const { clock, limits } = config;
  let openings = 0;
  const pool = new EndpointPool((signal) => {
    const id = ++openings;
    if (id > 1) return Promise.resolve(new Connection(socket, { id, endpoint: "", clock, limits }));
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  }, config);
  const controller = new AbortController();
  const reason = new Error("stop");
  const first = pool.acquire(false, controller.signal) as Promise<Connection>;
  const rejection = first.catch((error: unknown) => error);
  controller.abort(reason);
  const second = await pool.acquire(false, undefined);
  assertStrictEquals(await rejection, reason);
  assertEquals([second.id, openings], [2, 2]);
  await pool.close();
});
