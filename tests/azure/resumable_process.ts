/**
 * What a test kills: `resumable_process.ts CONNECTION_STRING CONTAINER PART_SIZE SIZE`. Writes "object" by a writer that may be
 * resumed, part after part, each full of its number. Prints the token and then the index of each part that is written, and
 * waits.
 *
 * @module
 */
import { openAzureStore } from "@lade/azure";

const [connectionString = "", container = "", ...sizes] = Deno.args;
const [partSize = 0, size = 0] = sizes.map(Number);
const store = await openAzureStore(container, { config: { connectionString } });
const writer = await store.createPartWriter("object", size, { partSize, resumable: true, ifNoneMatch: "*" });
console.log(writer.token);
for (let index = 0; index < writer.partCount; index++) {
  await writer.writePart(index, new Uint8Array(Math.min(partSize, size - index * partSize)).fill(index + 1));
  console.log(index);
}
await Deno.stdin.read(new Uint8Array(1));
