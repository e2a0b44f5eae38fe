import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore, type ObjectMeta, type ObjectStore } from "@lade/core";
import { AlreadyExistsError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { injectFaults } from "@lade/testing";
import { FormatError } from "../errors/format_error.ts";
import { filesToTar } from "./files_to_tar.ts";
import { filesToTfrecord } from "./files_to_tfrecord.ts";
import { tarToFiles } from "./tar_to_files.ts";

/** Lets something happen to a file once it was listed. */
class ChangingStore extends ForwardingStore {
  readonly #change: (store: ObjectStore, meta: ObjectMeta) => Promise<unknown>;
  readonly #tagless: boolean;

  constructor(
    below: ObjectStore,
    change: (store: ObjectStore, meta: ObjectMeta) => Promise<unknown>,
    tagless = false,
  ) {
    super(below);
    this.#change = change;
    this.#tagless = tagless;
  }

  override async *list(...call: Parameters<ForwardingStore["list"]>): AsyncGenerator<ObjectMeta> {
    for await (const meta of super.list(...call)) {
      if (meta.key === "in/c") await this.#change(this.below, meta);
      const { etag, ...plain } = meta;
      yield etag === undefined || this.#tagless ? plain : meta;
    }
  }
}

const CONVERSIONS = {
  filesToTar: (from: ObjectStore, to: ObjectStore) => filesToTar(from, "in", to, "out"),
  filesToTfrecord: (from: ObjectStore, to: ObjectStore) => filesToTfrecord(from, "in", to, "out"),
};

for (const [name, convert] of Object.entries(CONVERSIONS)) {
  Deno.test(`${name}(): a file that changes or goes once it is listed is an error, and nothing is written`, async () => {
    const put = (bytes: Uint8Array) => (store: ObjectStore, { key }: ObjectMeta) => store.put(key, bytes);
    // A small file is read ahead of its turn, a large one as it is written.
    for (const size of [5, 2 ** 20 + 1]) {
      const cases = [
        [put(new Uint8Array(size - 1)), false, PreconditionFailedError],
        [put(new Uint8Array(size).fill(1)), false, PreconditionFailedError],
        [put(new Uint8Array(size - 1)), true, PreconditionFailedError],
        [put(new Uint8Array(size + 1)), true, PreconditionFailedError],
        [(store: ObjectStore, { key }: ObjectMeta) => store.delete(key), false, NotFoundError],
      ] as const;
      for (const [change, tagless, type] of cases) {
        const from = new MemoryStore();
        for (const file of ["a", "b", "c", "d"]) await from.put(`in/${file}`, new Uint8Array(size));
        const to = injectFaults(new MemoryStore(), []);
        await assertRejects(() => convert(new ChangingStore(from, change, tagless), to), type);
        assertEquals(to.openWriters, 0);
        assertEquals(await Array.fromAsync(to.list()), []);
      }
    }
    const from = new MemoryStore();
    for (const file of ["a", "b", "c"]) await from.put(`in/${file}`, new Uint8Array(5));
    const to = new MemoryStore();
    await convert(new ChangingStore(from, () => Promise.resolve(), true), to);
    assertEquals((await to.head("out")).size > 0, true);
  });
}

Deno.test("filesToTar() and tarToFiles(): large files come back, and one that fails leaves none of it", async () => {
  const from = new MemoryStore();
  const large = Uint8Array.from({ length: 2 ** 21 + 77 }, (_, index) => index % 251);
  await from.put("in/a.bin", new Uint8Array(3));
  await from.put("in/large.bin", large);
  await filesToTar(from, "in", from, "out.tar");
  const to = injectFaults(new MemoryStore(), []);
  assertEquals(await tarToFiles(from, "out.tar", to, "back"), { files: 2, bytes: large.length + 3 });
  assertEquals((await getBytes(to, "back/large.bin")).bytes, large);
  const { bytes } = await getBytes(from, "out.tar");
  await from.put("cut.tar", bytes.slice(0, 2 ** 20 + 4096));
  const none = injectFaults(new MemoryStore(), []);
  await assertRejects(() => tarToFiles(from, "cut.tar", none, "back"), FormatError, "is cut");
  assertEquals(none.openWriters, 0);
  assertEquals((await Array.fromAsync(none.list())).map(({ key }) => key), ["back/a.bin"]);
});

Deno.test("filesToTar(): a list of shards that lie elsewhere is refused before anything is written", async () => {
  const from = new MemoryStore();
  await from.put("in/a.txt", new Uint8Array(5));
  const to = injectFaults(new MemoryStore(), []);
  await assertRejects(
    () => filesToTar(from, "in", to, "train/s-%06d.tar", { shardList: "lists/list.json" }),
    TypeError,
    'Cannot list "train/s-000000.tar" in "lists/list.json": it lies elsewhere',
  );
  assertEquals(await Array.fromAsync(to.list()), []);
});

Deno.test("filesToTar(): what is there already is kept where that is asked for, indexes too", async () => {
  const from = new MemoryStore();
  await from.put("in/a.txt", new Uint8Array(5));
  const before = new TextEncoder().encode("v1.2 0\n");
  for (const key of ["out.tar", "out.idx"]) {
    const to = injectFaults(new MemoryStore(), []);
    await to.put(key, before);
    await assertRejects(
      () => filesToTar(from, "in", to, "out.tar", { ifNoneMatch: "*" }),
      AlreadyExistsError,
    );
    assertEquals((await getBytes(to, key)).bytes, before);
    assertEquals(to.openWriters, 0);
    await filesToTar(from, "in", to, "out.tar");
    assertEquals((await to.head(key)).size > before.length, true);
  }
});
