/**
 * Does one piece of work on the bucket `bench` at STORAGE_EMULATOR_HOST without the library's stores, twice:
 * `gcs_child.ts WORK [PATH]`.
 */
import { Storage, TransferManager } from "@google-cloud/storage";
import { createStoreContext } from "@lade/core";
import { createTransport } from "@lade/service/http";
import { runTwice } from "../run_twice.ts";

const [work = "", argument = ""] = Deno.args;
const url = Deno.env.get("STORAGE_EMULATOR_HOST") ?? "";
const SIZE = 2 ** 30;
const RANGE = 2 ** 23;
const transport = createTransport({});
const { buffers } = createStoreContext();

/** Ranges of 8 MiB into their places of one reused buffer, so many at once. */
function rawRanges(lanes: number): () => Promise<void> {
  const target = buffers.lease(SIZE).bytes;
  const readRange = async (index: number) => {
    const [start, end] = [index * RANGE, (index + 1) * RANGE];
    const headers = [["range", `bytes=${start}-${end - 1}`]] as const;
    const { status, body } = await transport.send({ method: "GET", url: `${url}/bench/get/large`, headers });
    if (status !== 206) throw new Error(`Cannot read: ${status}`);
    for (let at = start; at < end;) at += await body.read(target.subarray(at, end));
    if (await body.read(new Uint8Array(1)) !== 0) {
      throw new Error("Cannot read: more came than was asked for");
    }
  };
  return async () => {
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < SIZE / RANGE; index = next++) await readRange(index);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };
}

/** The service's own client. Its uploads in parts ask a host that only Google has, so they are led to the server. */
function sdkBucket(apiEndpoint = url) {
  const authClient = {
    async request({ url: asked, method, headers, body }: { url: string; method: string } & RequestInit) {
      const { pathname, search } = new URL(asked);
      const at = `${url}/bench${pathname}${search}`;
      const answer = await fetch(at, { method, headers: headers ?? {}, body: body ?? null });
      const data = await answer.text();
      if (!answer.ok) throw new Error(`Cannot write: ${answer.status} ${data}`);
      return { data, headers: answer.headers };
    },
  };
  // Where it is set, downloads leave out the path of the API.
  Deno.env.delete("STORAGE_EMULATOR_HOST");
  return new Storage({ projectId: "bench", apiEndpoint, ...{ authClient } as object }).bucket("bench");
}

const works: Record<string, () => () => Promise<unknown>> = {
  "raw-ranges": () => rawRanges(Number(argument)),
  "sdk-download": () => {
    const file = sdkBucket().file("get/large");
    return () => file.download({ validation: "crc32c" });
  },
  "sdk-save": () => {
    const bytes = Deno.readFileSync(argument);
    const file = sdkBucket().file("put/large");
    return () => file.save(bytes as never);
  },
  "sdk-in-chunks": () => {
    // Before an address no name of a bucket can stand.
    const manager = new TransferManager(sdkBucket(url.replace("127.0.0.1", "localhost")));
    const options = { uploadName: "put/large", validation: "crc32c" } as const;
    return () => manager.uploadFileInChunks(argument, { ...options, chunkSizeBytes: RANGE });
  },
};

const run = works[work];
if (!run) throw new Error(`Cannot run ${work}: known are ${Object.keys(works).join(", ")}`);
await runTwice(run());
await transport.close();
