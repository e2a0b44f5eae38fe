/**
 * The fake of Azure in a process of its own: prints its address, account and key, and ends with its standard input.
 * `fake_server.ts LATENCY_MS BYTES_PER_SECOND`. What is written is counted and dropped; `get/large` is 1 GiB, `get/huge` 5 GiB.
 */
import { startFakeAzure } from "../../tests/fakes/azure/mod.ts";

const [latencyMs, bytesPerSecond] = Deno.args.map(Number);
const pace = { latencyMs: latencyMs ?? 0, bytesPerSecond: bytesPerSecond ?? Infinity };
await using fake = await startFakeAzure({ pace });
fake.createContainer("bench", { discard: true });
fake.putSynthetic("bench", "get/large", { size: 2 ** 30 });
fake.putSynthetic("bench", "get/huge", { size: 5 * 2 ** 30 });
const { url, account: { name: account, keys: [key] } } = fake;
console.log(JSON.stringify({ url, account, key }));
await Array.fromAsync(Deno.stdin.readable);
