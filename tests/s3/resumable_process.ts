/**
 * What a test kills: `resumable_process.ts ENDPOINT ACCESS_KEY_ID SECRET_ACCESS_KEY BUCKET PART_SIZE SIZE`. Writes "object" by a
 * writer that may be resumed, part after part, each full of its number. Prints the token and then the index of each part
 * that is written, and waits.
 *
 * @module
 */
import { openS3Store } from "@lade/s3";

const [endpoint = "", accessKeyId = "", secretAccessKey = "", bucket = "", ...sizes] = Deno.args;
const [partSize = 0, size = 0] = sizes.map(Number);
const store = await openS3Store(bucket, {
  config: { endpoint, credentials: { accessKeyId, secretAccessKey } },
});
const writer = await store.createPartWriter("object", size, { partSize, resumable: true, ifNoneMatch: "*" });
console.log(writer.token);
for (let index = 0; index < writer.partCount; index++) {
  await writer.writePart(index, new Uint8Array(Math.min(partSize, size - index * partSize)).fill(index + 1));
  console.log(index);
}
await Deno.stdin.read(new Uint8Array(1));
