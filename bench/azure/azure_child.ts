/**
 * Does one piece of work on the container at LADE_BENCH_CONTAINER_URL without the library's stores, twice:
 * `azure_child.ts WORK [PATH]`.
 */
import { BlockBlobClient } from "@azure/storage-blob";
import { createStoreContext } from "@lade/core";
import { crc64nvme } from "@lade/codec/checksum";
import { createTransport } from "@lade/service/http";
import { runTwice } from "../run_twice.ts";

const [work = "", argument = ""] = Deno.args;
const container = new URL(Deno.env.get("LADE_BENCH_CONTAINER_URL") ?? "");
const SIZE = 2 ** 30;
const BLOCK = 2 ** 23;
const transport = createTransport({});
const { buffers } = createStoreContext();

function urlOf(key: string, query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(container);
  url.pathname += `/${key}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Runs `count` pieces of work in their order, so many at once. */
async function inLanes(lanes: number, count: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) await run(index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Ranges of 8 MiB into their places of one reused buffer. */
function rawRanges(lanes: number): () => Promise<void> {
  const target = buffers.lease(SIZE).bytes;
  const url = urlOf("get/large");
  return () =>
    inLanes(lanes, SIZE / BLOCK, async (index) => {
      const [start, end] = [index * BLOCK, (index + 1) * BLOCK];
      const headers = [["range", `bytes=${start}-${end - 1}`], ["x-ms-version", "2026-02-06"]] as const;
      const { status, body } = await transport.send({ method: "GET", url, headers });
      if (status !== 206) throw new Error(`Cannot read: ${status}`);
      for (let at = start; at < end;) at += await body.read(target.subarray(at, end));
      if (await body.read(new Uint8Array(1)) !== 0) {
        throw new Error("Cannot read: more came than was asked for");
      }
    });
}

/** Blocks of 8 MiB of the same bytes, with the checksum that the store sends, and their list. */
function rawBlocks(lanes: number, size: number): () => Promise<void> {
  const body = buffers.lease(BLOCK).bytes;
  for (let at = 0; at < BLOCK; at += 65_536) crypto.getRandomValues(body.subarray(at, at + 65_536));
  const id = (index: number) => btoa(String(index).padStart(5, "0"));
  const put = async (query: Record<string, string>, bytes: Uint8Array, headers: [string, string][] = []) => {
    const { status, body } = await transport.send({
      method: "PUT",
      url: urlOf("put/raw", query),
      headers: [["x-ms-version", "2026-02-06"], ...headers],
      body: bytes,
    });
    await body.cancel();
    if (status !== 201) throw new Error(`Cannot write: ${status}`);
  };
  return async () => {
    await inLanes(lanes, size / BLOCK, (index) => {
      const sum = new DataView(new ArrayBuffer(8));
      sum.setBigUint64(0, crc64nvme(body), true);
      const text = btoa(String.fromCharCode(...new Uint8Array(sum.buffer)));
      return put({ comp: "block", blockid: id(index) }, body, [["x-ms-content-crc64", text]]);
    });
    const list = Array.from({ length: size / BLOCK }, (_, index) => `<Latest>${id(index)}</Latest>`).join("");
    const document = `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`;
    await put({ comp: "blocklist" }, new TextEncoder().encode(document));
  };
}

const works: Record<string, () => () => Promise<unknown>> = {
  "raw-ranges": () => rawRanges(Number(argument)),
  "raw-blocks": () => rawBlocks(4, Number(argument)),
  "sdk-upload-file": () => {
    const blob = new BlockBlobClient(urlOf("put/large"));
    return () => blob.uploadFile(argument);
  },
};

const run = works[work];
if (!run) throw new Error(`Cannot run ${work}: known are ${Object.keys(works).join(", ")}`);
await runTwice(run());
await transport.close();
