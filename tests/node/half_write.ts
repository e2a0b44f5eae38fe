/**
 * Begins a resumable write of three parts in the store that is named, writes the first and ends without closing it, after it
 * printed the token and the etag of what lies there; given a token, it goes on and prints what parts it found.
 */
import process from "node:process";
import { getBytes, resumePartWriter } from "@lade/core/operations";
import { openDirectStore, openFileStore } from "@lade/fs";

const [, , scheme, root = "", token] = process.argv;
const store = await (scheme === "direct" ? openDirectStore : openFileStore)(root, { sync: "data" });
const PART = 2 ** 20;

if (token === undefined) {
  await store.put("there", new TextEncoder().encode("there"));
  const writer = await store.createPartWriter("object", 3 * PART, { partSize: PART, resumable: true });
  await writer.writePart(0, new Uint8Array(PART).fill(1));
  console.log(writer.token);
  console.log((await store.head("there")).etag);
  process.exit();
}
const writer = await resumePartWriter(store, "object", 3 * PART, token);
const found = [0, 1, 2].map((index) => writer.isWritten(index));
for (const index of [1, 2]) await writer.writePart(index, new Uint8Array(PART).fill(index + 1));
await writer.close();
const { bytes } = await getBytes(store, "object");
console.log(found.join(" "), bytes.length, [0, PART, 2 * PART].map((at) => bytes[at]).join(" "));
console.log((await store.head("there")).etag);
