import {
  AlreadyExistsError,
  InvalidNameError,
  PermissionDeniedError,
  PreconditionFailedError,
  StoreError,
} from "@lade/core";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { LocalStore } from "../mod.ts";
import { bytes, testBoth } from "../testing/both_stores.ts";
import { makeRoot, type TestRoot } from "../testing/make_root.ts";

type Write = (store: LocalStore, key: string, text: string) => Promise<unknown>;

/** Every way to write an object but a move. */
const WRITES: Readonly<Record<string, Write>> = {
  put: (store, key, text) => store.put(key, bytes(text)),
  async createWriter(store, key, text) {
    await using writer = await store.createWriter(key);
    for (const letter of text) await writer.write(bytes(letter));
    await writer.close();
  },
  async createPartWriter(store, key, text) {
    const content = bytes(text.repeat(100_000));
    await using writer = await store.createPartWriter(key, content.length, { partSize: 65_536 });
    const parts = Array.from({ length: writer.partCount }, (_, index) => {
      const start = index * writer.partSize;
      return writer.writePart(index, content.subarray(start, start + writer.partSize));
    });
    await Promise.all(parts.reverse());
    await writer.close();
  },
  async copy(store, key, text) {
    await store.put("source", bytes(text));
    await store.copy("source", key);
  },
};

function contentOf(name: string, text: string): string {
  return name === "createPartWriter" ? text.repeat(100_000) : text;
}

async function makePipe(root: TestRoot, key: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [root.file(key)] }).output();
  assert(success);
}

testBoth("a write into a pipe that is given up leaves the pipe where it is", async ({ root, store }) => {
  await makePipe(root, "pipe");
  const opens = [
    () => store.createWriter("pipe"),
    () => store.createPartWriter("pipe", 10),
  ];
  for (const open of opens) {
    const reading = Deno.readFile(root.file("pipe"));
    const writer = await open();
    await writer.abort();
    assertEquals((await reading).length, 0);
    assert(Deno.lstatSync(root.file("pipe")).isFifo);
  }
  assertEquals(root.everything(), ["pipe"]);
});

for (const [name, write] of Object.entries(WRITES)) {
  testBoth(`${name}() into a pipe, or a link to one, is read at its other end`, async ({ root, store }) => {
    await makePipe(root, "pipe");
    Deno.symlinkSync("pipe", root.file("link"));
    for (const key of ["pipe", "link"]) {
      const reading = Deno.readTextFile(root.file("pipe"));
      await write(store, key, "content");
      assertEquals(await reading, contentOf(name, "content"));
    }
    assert(Deno.lstatSync(root.file("pipe")).isFifo);
    assert(Deno.lstatSync(root.file("link")).isSymlink);
    assertEquals(root.everything().filter((key) => key !== "source"), ["link", "pipe"]);
  });

  testBoth(`${name}() writes to /dev/null and leaves it a device`, async ({ root, open }) => {
    const store = await open("/");
    const before = Deno.statSync("/dev/null");
    const source = root.file("source").slice(1);
    await (name === "copy"
      ? store.put(source, bytes("x")).then(() => store.copy(source, "dev/null"))
      : write(store, "dev/null", "content"));
    const after = Deno.statSync("/dev/null");
    assertEquals([after.isCharDevice, after.ino], [true, before.ino]);
  });

  testBoth(
    `${name}() follows a link to a file, a link to a link, and a link to nothing yet`,
    async ({ root, store }) => {
      root.write("real/file", "old");
      Deno.chmodSync(root.file("real/file"), 0o640);
      Deno.symlinkSync("real/file", root.file("link"));
      Deno.symlinkSync("link", root.file("again"));
      Deno.symlinkSync("real/../real/new", root.file("dangling"));
      for (
        const [key, file] of [["link", "real/file"], ["again", "real/file"], [
          "dangling",
          "real/new",
        ]] as const
      ) {
        await write(store, key, key);
        assertEquals(Deno.readTextFileSync(root.file(file)), contentOf(name, key));
        assert(Deno.lstatSync(root.file(key)).isSymlink);
      }
      assertEquals((Deno.statSync(root.file("real/file")).mode ?? 0) & 0o777, 0o640);
    },
  );

  testBoth(
    `${name}() refuses a socket, a link to a directory, out or in a circle, and writes nothing`,
    async (context) => {
      const { root, store } = context;
      await using outside = await makeRoot();
      outside.write("file", "outside");
      await makePipe(outside, "pipe");
      using listener = Deno.listen({ transport: "unix", path: root.file("socket") });
      Deno.mkdirSync(root.file("directory"));
      const links = {
        "to-directory": "directory",
        out: outside.file("file"),
        "out-new": outside.file("new"),
        "out-pipe": outside.file("pipe"),
        circle: "circle",
        lost: "none/x",
      };
      for (const [key, target] of Object.entries(links)) Deno.symlinkSync(target, root.file(key));
      for (const key of ["socket", ...Object.keys(links)]) {
        const error = await assertRejects(() => write(store, key, "x"), StoreError, undefined, key);
        const isOut = key.startsWith("out");
        assertEquals(
          error.constructor,
          isOut ? PermissionDeniedError : InvalidNameError,
          `${key}: ${error.message}`,
        );
      }
      assertEquals(outside.everything(), ["file", "pipe"]);
      assertEquals(Deno.readTextFileSync(outside.file("file")), "outside");
      assertEquals(
        root.everything().filter((key) => key !== "source"),
        ["socket", ...Object.keys(links)].sort(),
      );
      listener.close();
    },
  );
}

testBoth("conditions on a pipe are refused, and a link counts as taken", async ({ root, store }) => {
  await makePipe(root, "pipe");
  Deno.symlinkSync("nowhere", root.file("dangling"));
  await assertRejects(() => store.put("pipe", bytes("x"), { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => store.put("pipe", bytes("x"), { ifMatch: "e" }), PreconditionFailedError);
  await assertRejects(() => store.put("dangling", bytes("x"), { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => store.put("dangling", bytes("x"), { ifMatch: "e" }), PreconditionFailedError);
  assertEquals(root.everything(), ["dangling", "pipe"]);
});

testBoth(
  "rename() into a pipe refuses and keeps the file; onto a link it replaces what that leads to",
  async (context) => {
    const { root, store } = context;
    await makePipe(root, "pipe");
    root.write("a", "new");
    root.write("real", "old");
    Deno.symlinkSync("real", root.file("link"));
    await assertRejects(() => store.rename("a", "pipe"), InvalidNameError, "copy it there");
    assertEquals(Deno.readTextFileSync(root.file("a")), "new");
    await store.rename("a", "link");
    assertEquals(root.everything(), ["link", "pipe", "real"]);
    assertEquals(Deno.readTextFileSync(root.file("real")), "new");
    await assertRejects(() => store.rename("real", "link"), InvalidNameError, "the same file");
    assertEquals(Deno.readTextFileSync(root.file("real")), "new");
  },
);

testBoth(
  "a write to a pipe that nobody reads ends by its signal",
  async ({ root, store }) => {
    await makePipe(root, "pipe");
    const stop = new AbortController();
    const writing = store.put("pipe", bytes("x"), { signal: stop.signal });
    const reason = new Error("stop");
    stop.abort(reason);
    assertEquals(await writing.catch((error) => error), reason);
  },
  {},
  true,
);

testBoth("a descriptor of this process that is a file is written to at its end", async ({ root, open }) => {
  root.write("log", "before ");
  using file = await Deno.open(root.file("log"), { append: true });
  const fd = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => name).find((name) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`) === root.file("log");
    } catch {
      return false;
    }
  });
  const { ino } = file.statSync();
  await (await open("/")).put(`proc/self/fd/${fd}`, bytes("after"));
  assertEquals(Deno.readTextFileSync(root.file("log")), "before after");
  assertEquals(Deno.statSync(root.file("log")).ino, ino);
});

testBoth("a write that replaces a file keeps its owner, where it may", async ({ root, store }) => {
  if (Deno.uid() !== 0) return;
  root.write("a", "old");
  Deno.chownSync(root.file("a"), 1234, 5678);
  Deno.chmodSync(root.file("a"), 0o604);
  await store.put("a", bytes("new"));
  const { uid, gid, mode } = Deno.statSync(root.file("a"));
  assertEquals([uid, gid, (mode ?? 0) & 0o777], [1234, 5678, 0o604]);
});

testBoth("a write does not replace what became a pipe since it began", async ({ root, store }) => {
  await using writer = await store.createWriter("a");
  await writer.write(bytes("x"));
  await makePipe(root, "a");
  await assertRejects(() => writer.close(), InvalidNameError, "has this name now");
  assertEquals(root.everything(), ["a"]);
  assert(Deno.lstatSync(root.file("a")).isFifo);
});
