/**
 * The fake of Google Cloud Storage in a process of its own: prints its address, and ends with its standard input.
 * `fake_server.ts LATENCY_MS BYTES_PER_SECOND`. What is written to the bucket `bench` is checked and dropped; `get/large` is
 * 1 GiB, `get/huge` 5 GiB. It computes no MD5, which would bound all rates: the CRC-32C is what both sides compare.
 */
import { startFakeGcs } from "../../tests/fakes/gcs/mod.ts";

const [latencyMs, bytesPerSecond] = Deno.args.map(Number);
const pace = { latencyMs: latencyMs ?? 0, bytesPerSecond: bytesPerSecond ?? Infinity };
await using fake = await startFakeGcs({ pace, maxMd5Size: 0, allowsAnonymous: true });
fake.createBucket("bench", { discard: true });
fake.putSynthetic("bench", "get/large", { size: 2 ** 30 });
fake.putSynthetic("bench", "get/huge", { size: 5 * 2 ** 30 });
console.log(JSON.stringify({ url: fake.url }));
await Array.fromAsync(Deno.stdin.readable);
