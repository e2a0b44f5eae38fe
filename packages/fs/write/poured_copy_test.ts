import {
  ChecksumMismatchError,
  type CopiedPart,
  copyObject,
  type CopyObjectOptions,
  createStoreContext,
  ForwardingPartWriter,
  ForwardingStore,
  type HalfDoneCopy,
  MemoryContainer,
  MemoryStore,
  type PartFill,
  type PartWriter,
  type PartWriterOptions,
  PreconditionFailedError,
  QuotaExceededError,
  type ResumableCopy,
  UnavailableError,
} from "@lade/core";
import { type FaultRule, injectFaults } from "@lade/testing";
import { sampleBytes } from "@lade/testing/conformance";

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openFileStore } from "../mod.ts";
import { readUploadName } from "../names/temporary_name.ts";
import { makeRoot } from "../testing/make_root.ts";

const CHUNK = 2 ** 16;
const DATA = sampleBytes(10 * CHUNK + 7);

/** Tells which parts its writers were given, and which they had filled. */
class Told extends ForwardingStore {
  readonly log: string[] = [];

  override async createPartWriter(
    key: string,
    size: number,
    options?: PartWriterOptions,
  ): Promise<PartWriter> {
    const { log } = this;
    return new class extends ForwardingPartWriter {
      override writePart(index: number, bytes: Uint8Array): Promise<void> {
        log.push(`write ${index}`);
        return super.writePart(index, bytes);
      }

      protected override filling(index: number, fill: PartFill): Promise<void> {
        log.push(`fill ${index}`);
        return super.filling(index, fill);
      }
    }(await super.createPartWriter(key, size, options));
  }
}

interface Copying {
  readonly to: Told;
  readonly root: string;
  readonly copy: (options?: CopyObjectOptions) => ReturnType<typeof copyObject>;
}

async function copying(
  faults: readonly FaultRule[],
  run: (copying: Copying) => Promise<void>,
): Promise<void> {
  await using root = await makeRoot();
  // Tries follow one another without a wait.
  const memory = await sourceOf();
  const from = injectFaults(memory, faults);
  const to = new Told(await openFileStore(root.path));
  const copy = (options: CopyObjectOptions = {}) =>
    copyObject(from, "a", to, "b", { chunkSize: CHUNK, concurrency: 3, ...options });
  await run({ to, root: root.path, copy });
}

/** A store of the data, which tells its checksum. */
async function sourceOf(): Promise<MemoryStore> {
  const container = new MemoryContainer({ checksums: true });
  const store = new MemoryStore({ container, context: createStoreContext({ random: () => 0 }) });
  await store.put("a", DATA);
  return store;
}

const namesIn = (root: string) => [...Deno.readDirSync(root)].map(({ name }) => name);
const fills = Array.from({ length: 11 }, (_, index) => `fill ${index}`);

Deno.test("a copy into a file is poured part by part, verified, and told as it comes", async () => {
  await copying([], async ({ to, root, copy }) => {
    let told = 0;
    const { read, size } = await copy({
      onProgress: (event) => told += event.type === "bytes" ? event.bytes : 0,
    });
    assertEquals([size, told, read?.verified], [DATA.length, DATA.length, true]);
    assertEquals(to.log.toSorted(), fills.toSorted());
    assertEquals(await Deno.readFile(`${root}/b`), DATA);
    assertEquals(namesIn(root), ["b"]);
  });
});

Deno.test("a poured part of several chunks is put together", async () => {
  await copying([], async ({ to, root }) => {
    await using writer = await to.createPartWriter("c", DATA.length, { fillSize: 3 * CHUNK });
    assertEquals([writer.partSize, writer.partCount], [3 * CHUNK, 4]);
    await writer.abort();
    const from = await sourceOf();
    const wide = new class extends ForwardingStore {
      override createPartWriter(
        key: string,
        size: number,
        { fillSize: _, ...options }: PartWriterOptions = {},
      ) {
        return to.createPartWriter(key, size, { ...options, partSize: 3 * CHUNK });
      }
    }(to);
    const { read } = await copyObject(from, "a", wide, "b", { chunkSize: CHUNK });
    assertEquals(to.log.toSorted(), ["fill 0", "fill 1", "fill 2", "fill 3"]);
    assertEquals(read?.verified, true);
    assertEquals(await Deno.readFile(`${root}/b`), DATA);
  });
});

const unavailable = () =>
  new UnavailableError({ operation: "get", uri: "memory://a", detail: "it broke off" });

for (
  const [name, fault] of [
    ["is cut within a chunk", { kind: "throw", error: unavailable(), after: 1000 }],
    ["ends early within a chunk", { kind: "end", after: 1000 }],
    ["is refused once", { kind: "throw", error: unavailable() }],
  ] as const
) {
  Deno.test(`a poured chunk that ${name} goes on at its next byte, in the same file`, async () => {
    for (const nth of [1, 2, 5]) {
      // The first request of all is not made again by the read.
      if (nth === 1 && !("after" in fault)) continue;
      await copying([{ operation: "get", nth, fault }], async ({ to, root, copy }) => {
        const resumed: string[] = [];
        const { read } = await copy({ onProgress: ({ type }) => type === "resumed" && resumed.push(type) });
        assertEquals(resumed.length, 1);
        assertEquals(read?.verified, true);
        assertEquals(to.log.toSorted(), fills.toSorted());
        assertEquals(await Deno.readFile(`${root}/b`), DATA);
      });
    }
  });
}

for (
  const [name, fault, type] of [
    ["comes with a wrong byte", { kind: "corrupt", position: 77 }, ChecksumMismatchError],
    ["is of another version", { kind: "etag", etag: "other" }, PreconditionFailedError],
    ["fails for good", { kind: "throw", error: new TypeError("for good"), after: 5 }, TypeError],
  ] as const
) {
  Deno.test(`a poured chunk that ${name} ends the copy, and nothing of it is left`, async () => {
    await copying([{ operation: "get", nth: 3, fault }], async ({ root, copy }) => {
      await assertRejects(() => copy(), type);
      assertEquals(namesIn(root), []);
    });
  });
}

Deno.test("a copy that is given up while a chunk stalls leaves nothing, and settles", async () => {
  const held = Promise.withResolvers<void>();
  const fault = { kind: "stall", until: held.promise, after: 10 } as const;
  await copying([{ operation: "get", nth: 4, fault }], async ({ root, copy }) => {
    const stop = new AbortController();
    const reason = new Error("enough");
    let bytes = 0;
    const onProgress: CopyObjectOptions["onProgress"] = (event) => {
      if (event.type === "bytes") bytes += event.bytes;
      // All but the chunk that stalls.
      if (bytes === DATA.length - CHUNK) stop.abort(reason);
    };
    assertEquals(await assertRejects(() => copy({ signal: stop.signal, onProgress })), reason);
    assertEquals(namesIn(root), []);
  });
  held.resolve();
});

Deno.test("a disk that is full ends a poured copy with a QuotaExceededError, and nothing of it is left", async () => {
  const { writeSync } = Deno.FsFile.prototype;
  const full = Object.assign(new Error("full"), { code: "ENOSPC" });
  await copying([], async ({ root, copy }) => {
    let calls = 0;
    try {
      Deno.FsFile.prototype.writeSync = function (data) {
        if (++calls > 4) throw full;
        return writeSync.call(this, data.subarray(0, 20_000));
      };
      const error = await assertRejects(() => copy(), QuotaExceededError);
      assertStringIncludes(error.message, `Cannot write "file://${root}/b": the disk is full`);
    } finally {
      Deno.FsFile.prototype.writeSync = writeSync;
    }
    assertEquals(namesIn(root), []);
  });
});

Deno.test("a copy whose hidden file was replaced ends, and writes nothing into the other", async () => {
  await copying([], async ({ root, copy }) => {
    let other = "";
    const onProgress: CopyObjectOptions["onProgress"] = ({ type }) => {
      const [name] = namesIn(root);
      if (type !== "bytes" || other !== "" || name === undefined) return;
      other = `${root}/${name}`;
      Deno.removeSync(other);
      Deno.writeTextFileSync(other, "other");
      Deno.linkSync(other, `${root}/kept`);
    };
    await assertRejects(() => copy({ onProgress, concurrency: 1 }), PreconditionFailedError, "another file");
    assertEquals(await Deno.readTextFile(`${root}/kept`), "other");
  });
});

Deno.test("a resumable copy into a file is poured, has a record for each part, and goes on after them", async () => {
  const fault = { kind: "throw", error: new TypeError("killed") } as const;
  await copying([{ operation: "get", nth: 7, fault }], async ({ to, root, copy }) => {
    const parts: CopiedPart[] = [];
    let halfDone: HalfDoneCopy | undefined;
    const resumable: ResumableCopy = {
      fromBytes: 1,
      begun: (copy) => Promise.resolve((halfDone = copy) !== undefined),
      wrote: (part) => parts.push(part),
      ended: () => halfDone = undefined,
    };
    await assertRejects(() => copy({ resumable, concurrency: 1 }), TypeError, "killed");
    assertEquals(parts.map(({ index }) => index), [0, 1, 2, 3, 4, 5]);
    const record = namesIn(root).find((name) => readUploadName(name)?.holds === "record");
    const lines = (await Deno.readTextFile(`${root}/${record}`)).trimEnd().split("\n");
    assertEquals(lines.length, 1 + parts.length);
    assert(halfDone);
    const before = parts.splice(0);
    const { read } = await copy({ resumable: { ...resumable, halfDone, parts: before } });
    assertEquals(parts.map(({ index }) => index).toSorted((a, b) => a - b), [6, 7, 8, 9, 10]);
    assertEquals(to.log.slice(0, 7), fills.slice(0, 7), "the first copy");
    assertEquals([read?.verified, halfDone], [true, undefined]);
    assertEquals(await Deno.readFile(`${root}/b`), DATA);
    assertEquals(namesIn(root), ["b"]);
  });
});
