import type { ObjectStore } from "../packages/core/mod.ts";
import { TcpTransport } from "../packages/service/http/mod.ts";

/** Requests in flight. */
export const LANES = 16;

/** Calls `work` with each of `keys`, so many at a time, and with the number of the lane that it is in. */
export async function inLanes(
  keys: readonly string[],
  work: (key: string, lane: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async (number: number) => {
    for (let key = keys[next++]; key !== undefined; key = keys[next++]) await work(key, number);
  };
  await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
}

/** Reads of signed URLs by the transport alone, each of `size` bytes into what `memory` gives: a client can do no less. */
export async function signedReads(
  store: ObjectStore,
  keys: readonly string[],
  size: number,
  memory: (lane: number) => Uint8Array,
): Promise<() => Promise<void>> {
  const urls = new Map<string, string>();
  for (const key of keys) urls.set(key, (await store.presign(key, { expiresInMs: 3_600_000 })).href);
  const transport = new TcpTransport();
  return () =>
    inLanes(keys, async (key, lane) => {
      const { status, body } = await transport.send({ method: "GET", url: urls.get(key) ?? "" });
      if (status !== 200) throw new Error(`Cannot read: ${status}`);
      const target = memory(lane);
      for (let at = 0; at < size;) at += await body.read(target.subarray(at), size - at);
    });
}
