import { createStoreContext, type ObjectStore } from "@lade/core";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { assert, assertEquals } from "@std/assert";
import { GcsStore, type GcsStoreSetup } from "../../packages/gcs/store/gcs_store.ts";
import { type FakeGcs, type FakeGcsOptions, startFakeGcs } from "../fakes/gcs/mod.ts";

/** A store whose chunks are small, and a fake that notes how its sessions are used. */
export interface SessionBench extends AsyncDisposable {
  readonly fake: FakeGcs;
  readonly store: GcsStore;
  /** Of each chunk that came: where it began, and how much of the object the service had then. */
  readonly chunks: { readonly first: number; readonly stored: number }[];
}

/** Bytes of a chunk. */
export const CHUNK = 4096;

/** The requests that bring bytes to a session, or end it. */
export const SENDING = ["resumable.put", "resumable.finish"] as const;

/** How a bench is made. */
export interface BenchOptions extends Partial<GcsStoreSetup> {
  readonly server?: FakeGcsOptions;
  /** Bytes of a chunk, in place of the usual ones. */
  readonly chunkSize?: number;
}

/** Starts a fake whose unit of chunks is one KiB, and opens a store of its bucket. */
export async function sessionBench(
  { server, chunkSize = CHUNK, config, ...setup }: BenchOptions = {},
): Promise<SessionBench> {
  const fake = await startFakeGcs({
    buckets: ["bucket"],
    allowsAnonymous: true,
    chunkUnit: 1024,
    ...server,
  });
  const store = new GcsStore("bucket", {
    url: fake.url,
    credential: { kind: "anonymous" },
    // Without a condition too, all goes by sessions.
    traits: { takesParts: false },
    context: createStoreContext({ random: () => 0 }),
    config: { partSize: chunkSize, threshold: 100, chunkSize, ...config },
    ...setup,
  });
  const chunks: SessionBench["chunks"] = [];
  fake.faults.add({
    match: {
      operation: SENDING,
      where: ({ headers, query }) => {
        const [, first] = /^bytes (\d+)-/.exec(headers["content-range"] ?? "") ?? [];
        if (first === undefined) return false;
        const { stored } = fake.sessions.get(query["upload_id"] ?? "") ?? { stored: 0 };
        chunks.push({ first: Number(first), stored });
        return false;
      },
    },
    action: { kind: "before", run: () => {} },
  });
  return {
    ...{ fake, store, chunks },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** The object is there, whole, no session is open, and nothing was sent that the service had. */
export async function assertWritten(
  { fake, store, chunks }: SessionBench,
  key: string,
  data: Uint8Array,
): Promise<void> {
  assertEquals(fake.bytes("bucket", key), data);
  assertEquals((await store.head(key)).checksums?.crc32c, crc32cToBase64(crc32c(data)));
  assertEquals(fake.unfinished("bucket"), 0, "sessions that are open");
  for (const { first, stored } of chunks) assertEquals(first, stored, "a chunk began elsewhere");
}

/** The requests so far, each by its operation and where it told the service it was. */
export function told({ fake }: SessionBench): string[] {
  return fake.requests.map(({ operation, headers }) =>
    [operation, headers["content-range"]].filter(Boolean).join(" ")
  );
}

/** Nobody reads of a session in a message. */
export function assertSilent({ fake }: SessionBench, error: unknown): void {
  let text = "";
  for (let each = error; each instanceof Error; each = each.cause) text += `${each.message}\n${each.stack}\n`;
  for (const id of [...fake.sessions.keys(), "upload_id"]) {
    assert(!text.includes(id), `a message tells of a session: ${text}`);
  }
}

/** The ways that lead through a session. */
export const WAYS: Readonly<Record<string, (store: ObjectStore, data: Uint8Array) => Promise<unknown>>> = {
  "put()": (store, data) => store.put("object", data, { ifNoneMatch: "*" }),
  async "createWriter()"(store, data) {
    await using writer = await store.createWriter("object");
    for (let at = 0; at < data.length; at += 1000) await writer.write(data.subarray(at, at + 1000));
    return await writer.close();
  },
  async "createPartWriter()"(store, data) {
    await using writer = await store.createPartWriter("object", data.length, { ifNoneMatch: "*" });
    const { partSize, partCount } = writer;
    const parts = Array.from({ length: partCount }, (_, index) => index);
    await Promise.all(
      parts.map((index) => writer.writePart(index, data.subarray(index * partSize, (index + 1) * partSize))),
    );
    return await writer.close();
  },
};
