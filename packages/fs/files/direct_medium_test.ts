import { createStoreContext, readInto, resumePartWriter, systemClock, UnsupportedError } from "@lade/core";
import { seededRandom } from "@lade/testing";
import { assert, assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import * as fs from "node:fs";
import { openDirectStore } from "../mod.ts";
import { makeRoot } from "../testing/make_root.ts";
import { directFlag, DirectMedium } from "./direct_medium.ts";
import { FileMedium } from "./file_medium.ts";
import { IoGate } from "./io_gate.ts";

const MIB = 2 ** 20;

/** Whether each descriptor of this process for a path below `root` has O_DIRECT. */
function directDescriptors(root: string): boolean[] {
  return [...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
    try {
      if (!Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(`${root}/`)) return [];
      const [, flags = "0"] = /flags:\s*(\d+)/.exec(Deno.readTextFileSync(`/proc/self/fdinfo/${name}`)) ?? [];
      return [(parseInt(flags, 8) & fs.constants.O_DIRECT) !== 0];
    } catch {
      return [];
    }
  });
}

/** Bytes of a file in the page cache. */
async function cachedBytes(path: string): Promise<number> {
  const { stdout } = await new Deno.Command("fincore", { args: ["-b", "-n", "-o", "RES", path] }).output();
  return Number(new TextDecoder().decode(stdout));
}

async function isInstalled(command: string): Promise<boolean> {
  return await new Deno.Command(command, { args: ["--version"] }).output().then(() => true, () => false);
}

/** Memory at any distance from a page's start. */
function memory(size: number, distance: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(size + 4096, { maxByteLength: size + 4096 }), distance, size);
}

Deno.test("direct:// opens files with O_DIRECT, to read and to write", async () => {
  await using root = await makeRoot();
  const store = await openDirectStore(root.path);
  await using writer = await store.createWriter("a");
  const slab = store.context.buffers.lease(64 * MIB);
  const writing = writer.write(slab.bytes);
  const flying: boolean[] = [];
  while (flying.length < 4) {
    flying.splice(0, flying.length, ...directDescriptors(root.path));
    if (await Promise.race([writing.then(() => true), new Promise((r) => setTimeout(r, 0))])) break;
  }
  await writing;
  const written = directDescriptors(root.path);
  assertEquals(written.length, 4, "several requests are in flight, each with a descriptor of its own");
  assert(written.every((direct) => direct));
  await writer.close();
  slab.release();
  await using result = await store.get("a");
  await result.readInto(new Uint8Array(5000));
  assertEquals(directDescriptors(root.path), [true]);
  await result.cancel();
  assertEquals(directDescriptors(root.path), []);
});

Deno.test({
  name: await isInstalled("fincore")
    ? "direct:// leaves the page cache alone"
    : "direct:// leaves the page cache alone (skipped: fincore is not installed)",
  ignore: !await isInstalled("fincore"),
  async fn() {
    await using root = await makeRoot();
    const store = await openDirectStore(root.path);
    const size = 12 * MIB + 777;
    for (const data of [memory(size, 0), memory(size, 17)]) {
      await store.put("a", data);
      await readInto(store, "a", memory(size, 0));
      await readInto(store, "a", memory(size, 1));
      await store.get("a", { range: { offset: 4000, length: 200 } }).then((r) =>
        r.readInto(new Uint8Array(200))
      );
      // Cutting the last block off brings that one page in.
      const cached = await cachedBytes(root.file("a"));
      assert(cached <= 4096, `${cached} bytes are cached`);
    }
    Deno.readFileSync(root.file("a"));
    assertNotEquals(await cachedBytes(root.file("a")), 0);
  },
});

Deno.test("direct:// writes and reads right to the byte, whatever is aligned or not", async () => {
  const seed = Date.now() % 2 ** 32;
  const random = seededRandom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  await using root = await makeRoot();
  const context = createStoreContext({ maxBufferedBytes: 20 * MIB });
  const store = await openDirectStore(root.path, { context });
  const content = memory(20 * MIB, 0);
  for (let i = 0; i < content.length; i++) content[i] = i * 7 ^ i >> 9;
  const sizes = [0, 1, 511, 4095, 4096, 4097, MIB, 8 * MIB, 8 * MIB + 1, 17 * MIB + 4096, 19 * MIB + 5];
  for (const size of sizes) {
    const told = `seed ${seed}, size ${size}`;
    const data = memory(size, random() < 0.5 ? 0 : upTo(4096));
    data.set(content.subarray(0, size));
    assertEquals((await store.put("a", data)).size, size, told);
    assertEquals(compare(Deno.readFileSync(root.file("a")), content.subarray(0, size)), true, told);
    await using writer = await store.createWriter("b");
    for (let at = 0; at < size;) {
      const end = Math.min(size, at + 1 + upTo(random() < 0.3 ? 10 * MIB : 10_000 + size / 8));
      await writer.write(content.subarray(at, end));
      at = end;
    }
    await writer.close();
    assertEquals(compare(Deno.readFileSync(root.file("b")), content.subarray(0, size)), true, told);
    await using parts = await store.createPartWriter("c", size, { partSize: 1 + upTo(8 * MIB) });
    await Promise.all(Array.from({ length: parts.partCount }, async (_, index) => {
      const part = content.subarray(index * parts.partSize, Math.min(size, (index + 1) * parts.partSize));
      const bytes = memory(part.length, random() < 0.5 ? 0 : upTo(4096));
      bytes.set(part);
      await parts.writePart(index, bytes);
    }));
    await parts.close();
    assertEquals(compare(Deno.readFileSync(root.file("c")), content.subarray(0, size)), true, told);
    for (let i = 0; i < 12 && size > 0; i++) {
      const offset = random() < 0.3 ? upTo(size / 4096) * 4096 : upTo(size);
      const length = random() < 0.3 ? size - offset : 1 + upTo(size - offset);
      const target = memory(length, random() < 0.5 ? 0 : upTo(4096));
      await using result = await store.get("b", { range: { offset, length } });
      for (let at = 0; at < length;) {
        at += await result.readInto(target.subarray(at, at + 1 + upTo(length)));
      }
      const same = compare(target, content.subarray(offset, offset + length));
      assert(same, `${told}, offset ${offset}, length ${length}`);
    }
  }
  assertEquals(context.budget.held, 0);
});

Deno.test("direct:// on a file system without O_DIRECT is an UnsupportedError that tells what to try", async () => {
  const store = await openDirectStore("/proc");
  const error = await assertRejects(() => store.get("version"), UnsupportedError);
  assertStringIncludes(
    error.message,
    'Cannot get "direct:///proc/version": its file system does not take O_DIRECT',
  );
  assertStringIncludes(error.message, "fallback: true");
});

Deno.test("direct:// goes through the page cache where O_DIRECT is refused, when asked to", async () => {
  const store = await openDirectStore("/proc", { fallback: true });
  // The kernel's own files have size 0, so that opening it is all that can be seen.
  await using result = await store.get("version");
  assertEquals(result.info.size, 0);
});

Deno.test("a new file that cannot be opened with O_DIRECT leaves nothing, or goes through the page cache", async () => {
  await using root = await makeRoot();
  const { O_CREAT, O_DIRECT } = fs.constants;
  // Such a file system makes the file before it refuses.
  const open = (path: string, flags: number, done: (error: Error | null, fd?: number) => void) => {
    assert((flags & O_DIRECT) !== 0);
    if ((flags & O_CREAT) !== 0) fs.closeSync(fs.openSync(path, flags & ~O_DIRECT));
    done(Object.assign(new Error("it is refused"), { code: "EINVAL" }));
  };
  const context = createStoreContext();
  // deno-lint-ignore no-explicit-any
  const parts = { fs: { ...fs, open } as any, context };
  const path = root.file("a");
  await assertRejects(() => new DirectMedium(parts).createParts(path, 3), Error, "refuses O_DIRECT");
  await assertRejects(() => new DirectMedium(parts).create(path), Error, "refuses O_DIRECT");
  assertEquals(root.everything(), []);
  const fallback = new FileMedium(new IoGate(systemClock), context);
  const file = await new DirectMedium({ ...parts, fallback }).createParts(path, 3);
  await file.writeAt(new Uint8Array([2, 3]), 1, new AbortController().signal);
  await file.writeAt(new Uint8Array([1]), 0, new AbortController().signal);
  assertEquals((await file.finish("none")).size, 3);
  assertEquals(Deno.readFileSync(path), new Uint8Array([1, 2, 3]));
});

Deno.test("directFlag() is 0 where the system has no O_DIRECT", () => {
  const { O_DIRECT: _, ...constants } = fs.constants;
  // deno-lint-ignore no-explicit-any
  assertEquals(directFlag({ constants } as any), 0);
  assertNotEquals(directFlag(fs, "posix"), 0);
  assertEquals(directFlag(fs, "windows"), 0);
});

function compare(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

Deno.test("direct: the largest part size that may be asked for makes a token that is read", async () => {
  await using root = await makeRoot();
  await using store = await openDirectStore(root.path);
  const given = { partSize: Number.MAX_SAFE_INTEGER, resumable: true };
  await using first = await store.createPartWriter("a", 3, given);
  assert(Number.isSafeInteger(first.partSize) && first.partSize % 4096 === 0);
  await first.detach();
  await using writer = await resumePartWriter(store, "a", 3, first.token ?? "");
  await writer.writePart(0, new Uint8Array(3));
  assertEquals((await writer.close()).size, 3);
});
