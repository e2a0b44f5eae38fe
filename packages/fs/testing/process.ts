/**
 * What the tests of several processes run: `process.ts <what> <scheme> <root> …`.
 *
 * @module
 */
import { AlreadyExistsError, PreconditionFailedError } from "@lade/core";
import { openDirectStore, openFileStore } from "../mod.ts";
import { bytes, keysOf, textOf } from "./both_stores.ts";

const [what = "", scheme = "", root = "", argument = ""] = Deno.args;
const store = scheme === "direct" ? await openDirectStore(root) : await openFileStore(root);

/** Writes 8 MiB of one byte again and again, another one each time, until it is killed. */
async function overwrite(): Promise<void> {
  const content = new Uint8Array(8 * 2 ** 20);
  for (let i = 0;; i++) {
    content.fill(1 + i % 100);
    if (argument === "put") await store.put("object", content);
    else if (argument === "copy") {
      await store.put("source", content);
      await store.copy("source", "object");
    } else if (argument === "writer of parts") {
      await using writer = await store.createPartWriter("object", content.length, { partSize: 65_536 });
      for (let index = writer.partCount - 1; index >= 0; index--) {
        await writer.writePart(index, content.subarray(0, writer.partSize));
      }
      await writer.close();
    } else {
      await using writer = await store.createWriter("object");
      for (let at = 0; at < content.length; at += 50_000) {
        await writer.write(content.subarray(at, at + 50_000));
      }
      await writer.close();
    }
    if (i === 0) await Deno.stdout.write(bytes("ready\n"));
  }
}

/** Adds 1 to the number in an object, `argument` times, by compare-and-swap. */
async function add(): Promise<void> {
  for (let done = 0; done < Number(argument);) {
    const { etag = "" } = await store.head("number");
    const value = Number(await textOf(store, "number"));
    if ((await store.head("number")).etag !== etag) continue;
    try {
      await store.put("number", bytes(`${value + 1}`), { ifMatch: etag });
      done++;
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
    }
  }
}

/** Tries to create `argument` objects and prints how many it was first to. */
async function create(): Promise<void> {
  let created = 0;
  for (let i = 0; i < Number(argument); i++) {
    try {
      await store.put(`${i}`, bytes(`${Deno.pid}`), { ifNoneMatch: "*" });
      created++;
    } catch (error) {
      if (!(error instanceof AlreadyExistsError)) throw error;
    }
  }
  await Deno.stdout.write(bytes(`${created}`));
}

/** Does a bit of everything. */
async function everything(): Promise<void> {
  const { etag = "" } = await store.put("a/b", bytes("content"));
  await store.put("a/b", bytes("content"), { ifMatch: etag });
  await store.put("c", bytes("content"), { ifNoneMatch: "*" });
  await using writer = await store.createWriter("d/e");
  await writer.write(new Uint8Array(20_000_000));
  await writer.close();
  await store.copy("c", "f");
  await store.rename("f", "g/h");
  await store.delete("d/e", { ifMatch: (await store.head("d/e")).etag ?? "" });
  await Array.fromAsync(store.deleteMany(["c"]));
  const listed = [...await keysOf(store.list()), ...await keysOf(store.listWithDelimiter())];
  await Deno.stdout.write(bytes(`${listed} ${await textOf(store, "g/h")}`));
}

/** Prints the error of reading `argument`, or of writing it where it ends in `.new`. */
async function fail(): Promise<void> {
  const call = argument.endsWith(".new") ? store.put(argument, bytes("x")) : store.head(argument);
  await Deno.stdout.write(
    bytes(await call.then(() => "nothing", (error) => `${error.name}: ${error.message}`)),
  );
}

/**
 * Writes "a/object" by a writer that may be resumed, of which `argument` tells the sizes. Prints its token and the index of
 * each part once it is written, and waits to be killed.
 */
async function resumable(): Promise<void> {
  const [partSize = 0, size = 0] = argument.split(" ").map(Number);
  const writer = await store.createPartWriter("a/object", size, { partSize, resumable: true });
  await Deno.stdout.write(bytes(`${writer.token}\n`));
  for (let index = 0; index < writer.partCount; index++) {
    const length = Math.min(partSize, size - index * partSize);
    await writer.writePart(index, new Uint8Array(length).fill(index + 1));
    await Deno.stdout.write(bytes(`${index}\n`));
  }
  // A timer keeps the process, which has nothing more to do.
  setInterval(() => {}, 1_000_000);
  await new Promise(() => {});
}

const runs: Readonly<Record<string, () => Promise<void>>> = {
  overwrite,
  add,
  create,
  everything,
  fail,
  resumable,
};
await runs[what]?.();
