/**
 * What a test kills: `session_process.ts URL SIZE CHUNK [TOKEN]` writes "object" into the bucket "bucket" by a resumable
 * session, or goes on with it, and prints the token, then the CRC-32C that the finished object has.
 *
 * @module
 */
import { openGcsStore } from "@lade/gcs";
import { resumePartWriter } from "@lade/core";
import { fillPart } from "./fill_part.ts";

if (import.meta.main) {
  const [endpoint = "", ...rest] = Deno.args;
  const [size = 0, chunkSize = 0] = rest.map(Number);
  const token = rest[2];
  await using store = await openGcsStore("bucket", { config: { endpoint, anonymous: true, chunkSize } });
  await using writer = token === undefined
    ? await store.createPartWriter("object", size, { resumable: true, ifNoneMatch: "*", partSize: chunkSize })
    : await resumePartWriter(store, "object", size, token);
  console.log(writer.token);
  const part = new Uint8Array(writer.partSize);
  for (let index = 0; index < writer.partCount; index++) {
    if (writer.isWritten(index)) continue;
    const bytes = part.subarray(0, Math.min(part.length, size - index * part.length));
    await writer.writePart(index, fillPart(bytes, index));
  }
  console.log((await writer.close()).checksums?.crc32c);
}
