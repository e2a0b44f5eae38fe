import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ContainerClient } from "@azure/storage-blob";
import {
  abortUpload,
  getBytes,
  listUploads,
  NotFoundError,
  type ObjectStore,
  type PartWriter,
  type PartWriterOptions,
  resumePartWriter,
} from "@lade/core";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { sampleBytes } from "@lade/testing/conformance";
import { resumeAfterKill } from "../resume_after_kill.ts";

/** A container, its store, and the service's own client. */
export interface ResumeBench extends AsyncDisposable {
  readonly store: ObjectStore;
  readonly container: ContainerClient;
  /** By which another process gets there. */
  readonly connectionString: string;
}

const PART = 1000;
const DATA = sampleBytes(3 * PART + 7, 5);

/** What writes that outlive their writers do, by name. */
export const RESUME_CASES: Readonly<Record<string, (bench: ResumeBench) => Promise<void>>> = {
  async "a write of a process that was killed goes on in another one"(
    { store, container, connectionString },
  ) {
    const script = new URL("./resumable_process.ts", import.meta.url);
    const process = { script, setting: [connectionString, container.containerName] };
    for (const kept of [0, 1, 4]) {
      await resumeAfterKill(process, store, { partSize: 1000, size: 3500, kept });
      await store.delete("object");
    }
  },

  async "the names of the blocks tell their CRC-32C, of which that of the whole is made"({ store }) {
    const token = await left(store, [2, 0]);
    await using writer = await resumePartWriter(store, "object", DATA.length, token);
    assertEquals([0, 1, 2, 3].map((index) => writer.isWritten(index)), [true, false, true, false]);
    for (const index of [1, 3]) await writer.writePart(index, partOf(index));
    assertEquals((await writer.close()).checksums, { crc32c: crc32cToBase64(crc32c(DATA)) });
    const { bytes, verified } = await getBytes(store, "object");
    assertEquals([bytes, verified], [DATA, true]);
  },

  async "a block of another size than is due is written again"({ store, container }) {
    const token = await left(store, [0]);
    const { id } = JSON.parse(token);
    const name = btoa(`${id}-p00001-00000000`);
    await container.getBlockBlobClient("object").stageBlock(name, new Uint8Array(PART - 1), PART - 1);
    await using writer = await resumePartWriter(store, "object", DATA.length, token);
    assertEquals([writer.isWritten(0), writer.isWritten(1)], [true, false]);
    for (const index of [1, 2, 3]) await writer.writePart(index, partOf(index));
    await writer.close();
    assertEquals((await getBytes(store, "object")).bytes, DATA);
  },

  async "attributes, tags and tier are those of the token, which has nothing else for the service"(
    { store },
  ) {
    const described = { contentType: "text/x-sample", metadata: { name: "ö" }, storageClass: "Cool" };
    const token = await left(store, [0, 1, 2, 3], { ...described, tags: { a: "b" } });
    const members = JSON.parse(token);
    for (const headers of [{ "if-match": "x" }, { "x-ms-lease-id": "x" }, { "x-ms-meta-a": 1 }, "x"]) {
      const altered = JSON.stringify({ ...members, own: { headers: JSON.stringify(headers) } });
      const resume = () => resumePartWriter(store, "object", DATA.length, altered);
      await assertRejects(resume, TypeError, "not one of this service");
    }
    await using writer = await resumePartWriter(store, "object", DATA.length, token);
    await writer.close();
    const { contentType, metadata, storageClass, tagCount } = await store.head("object");
    assertEquals([{ contentType, metadata, storageClass }, tagCount], [described, 1]);
  },

  async "a write ends where another one of its object does"({ store }) {
    const token = await left(store, [0]);
    await using writer = await resumePartWriter(store, "object", DATA.length, token);
    for (const index of [1, 2, 3]) await writer.writePart(index, partOf(index));
    await using other = await store.createPartWriter("object", DATA.length, { partSize: PART });
    for (const index of [0, 1, 2, 3]) await other.writePart(index, partOf(index));
    await other.close();
    await assertRejects(() => writer.close(), NotFoundError, "another write of the object");
    const resume = () => resumePartWriter(store, "object", DATA.length, token);
    await assertRejects(resume, NotFoundError, "closed or aborted");
    assertEquals((await getBytes(store, "object")).bytes, DATA);
  },

  async "uploads are listed by their blocks: those of other programs are not, those over an object by its key"(
    { store, container },
  ) {
    await container.getBlockBlobClient("foreign").stageBlock(btoa("0".padStart(48, "0")), "x", 1);
    await store.put("object", DATA.subarray(0, 5));
    const token = await left(store, [0, 3]);
    const [upload, ...more] = await Array.fromAsync(listUploads(store, "object"));
    assertEquals([upload?.key, upload?.id, upload?.bytes, more], [
      "object",
      JSON.parse(token).id,
      PART + 7,
      [],
    ]);
    const old = Date.now() - (upload?.begun.getTime() ?? 0);
    assert(old >= 0 && old < 600_000, `begun ${old} ms ago`);
    assertEquals(await Array.fromAsync(listUploads(store, "foreign")), []);
    await abortUpload(store, "object", upload?.token ?? "");
    assertEquals(await Array.fromAsync(listUploads(store, "object")), []);
    const { bytes } = await getBytes(store, "object");
    assertEquals(bytes, DATA.subarray(0, 5));
  },

  async "an aborted write shows nothing, and a write without a token goes on beside it"(
    { store, container },
  ) {
    const token = await left(store, [0]);
    await abortUpload(store, "object", token);
    await abortUpload(store, "object", token);
    assertEquals(await Array.fromAsync(store.list()), []);
    const { uncommittedBlocks = [] } = await container.getBlockBlobClient("object").getBlockList(
      "uncommitted",
    );
    assertEquals(uncommittedBlocks.map(({ size }) => size).sort(), [1, 1, PART]);
    await store.put("object", DATA);
    assertEquals((await getBytes(store, "object")).bytes, DATA);
    const after = await container.getBlockBlobClient("object").getBlockList("uncommitted");
    assertEquals(after.uncommittedBlocks ?? [], []);
  },
};

function partOf(index: number): Uint8Array {
  return DATA.subarray(index * PART, (index + 1) * PART);
}

/** Writes some parts and leaves them. */
async function left(
  store: ObjectStore,
  parts: readonly number[],
  options: PartWriterOptions = {},
): Promise<string> {
  const given = { partSize: PART, resumable: true, ...options };
  await using writer: PartWriter = await store.createPartWriter("object", DATA.length, given);
  await Promise.all(parts.map((index) => writer.writePart(index, partOf(index))));
  return writer.token ?? "";
}
