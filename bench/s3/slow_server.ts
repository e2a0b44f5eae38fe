/** The fake S3 server, far away: prints its endpoint and keys, and ends with its standard input. */
import { startFakeS3 } from "../../tests/fakes/s3/mod.ts";

await using fake = await startFakeS3({ buckets: ["bench"], latencyMs: 40, bytesPerSecond: 100e6 });
fake.putSynthetic("bench", "get/large", { size: 2 ** 30, checksum: "crc32c" });
const { url, accessKeyId, secretAccessKey } = fake;
console.log(JSON.stringify({ url, accessKeyId, secretAccessKey }));
await Array.fromAsync(Deno.stdin.readable);
