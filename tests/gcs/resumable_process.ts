/**
 * What a test kills: `resumable_process.ts URL TOKEN CONDITION PART_SIZE SIZE`. Writes "object" of the bucket "bucket" by a
 * writer that may be resumed, part after part, each full of its number; to be new where the condition is "new". Prints the
 * token and then the index of each part that is written, and waits.
 *
 * @module
 */
import { openGcsStore } from "@lade/gcs";

const [endpoint = "", accessToken = "", condition = "", ...sizes] = Deno.args;
const [partSize = 0, size = 0] = sizes.map(Number);
const store = await openGcsStore("bucket", { config: { endpoint, accessToken } });
const writer = await store.createPartWriter("object", size, {
  ...{ partSize, resumable: true },
  ...(condition === "new" && { ifNoneMatch: "*" }),
});
console.log(writer.token);
for (let index = 0; index < writer.partCount; index++) {
  await writer.writePart(index, new Uint8Array(Math.min(partSize, size - index * partSize)).fill(index + 1));
  console.log(index);
}
await Deno.stdin.read(new Uint8Array(1));
