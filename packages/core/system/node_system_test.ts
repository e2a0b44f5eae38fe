import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { errorCode, type SystemFile } from "./system.ts";
import { nodeSystem } from "./node_system.ts";
import { pathText, variableOf, workingDirectory } from "./node_text.ts";

const node = nodeSystem();

async function inDirectory(run: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function textOf(file: SystemFile, length: number): Promise<string | null> {
  const target = new Uint8Array(length);
  const count = await file.read(target);
  return count === null ? null : new TextDecoder().decode(target.subarray(0, count));
}

Deno.test("Node's status of a file is Deno's", () =>
  inDirectory(async (path) => {
    await Deno.writeTextFile(`${path}/file`, "text");
    await Deno.symlink("file", `${path}/link`);
    const told = (info: Deno.FileInfo) => {
      const { size, mtime, birthtime, ino, dev, mode, uid, gid, nlink, blocks } = info;
      const { isFile, isDirectory, isSymlink, isFifo, isSocket } = info;
      const kind = { isFile, isDirectory, isSymlink, isFifo, isSocket };
      return { ...kind, size, mtime, birthtime, ino, dev, mode, uid, gid, nlink, blocks };
    };
    for (const name of ["", "/file", "/link"]) {
      const expected = told(Deno.lstatSync(path + name));
      assertEquals(told(node.lstatSync(path + name)), expected, name);
      assertEquals(told(await node.lstat(path + name)), expected, name);
    }
    using file = node.openSync(`${path}/link`);
    const expected = told(Deno.statSync(`${path}/link`));
    for (const info of [file.statSync(), await file.stat(), await node.stat(`${path}/link`)]) {
      assertEquals(told(info), expected);
    }
  }));

Deno.test("a file of Node's is read and written where it stands", () =>
  inDirectory(async (path) => {
    using file = await node.open(`${path}/a`, { read: true, write: true, createNew: true });
    assertEquals(await file.write(bytes("one two")), 7);
    assertEquals(file.writeSync(bytes(" three")), 6);
    assertEquals([await textOf(file, 3), file.readSync(new Uint8Array(1))], [null, null]);
    assertEquals(file.seekSync(4, node.SeekMode.Start), 4);
    assertEquals([await textOf(file, 3), await textOf(file, 6), await textOf(file, 1)], [
      "two",
      " three",
      null,
    ]);
    assertEquals(await file.seek(-5, node.SeekMode.End), 8);
    assertEquals(file.writeSync(bytes("T")), 1);
    assertEquals(await file.seek(-1, node.SeekMode.Current), 8);
    assertEquals(await textOf(file, 9), "Three");
    await file.truncate(3);
    await file.syncData();
    await file.sync();
    using appending = node.openSync(`${path}/a`, { append: true });
    appending.writeSync(bytes("!"));
    assertEquals(Deno.readTextFileSync(`${path}/a`), "one!");
    file.close();
  }));

Deno.test("files are opened by the same options as Deno's", () =>
  inDirectory(async (path) => {
    await assertRejects(() => node.open(`${path}/a`), node.errors.NotFound);
    assertThrows(() => node.openSync(`${path}/a`, { write: true }), node.errors.NotFound);
    node.openSync(`${path}/a`, { write: true, create: true, mode: 0o600 }).close();
    assertEquals((Deno.statSync(`${path}/a`).mode ?? 0) & 0o777, 0o600);
    assertThrows(
      () => node.openSync(`${path}/a`, { write: true, createNew: true }),
      node.errors.AlreadyExists,
    );
    Deno.writeTextFileSync(`${path}/a`, "text");
    node.openSync(`${path}/a`, { write: true }).close();
    assertEquals(Deno.readTextFileSync(`${path}/a`), "text");
    node.openSync(`${path}/a`, { write: true, truncate: true }).close();
    assertEquals(Deno.readTextFileSync(`${path}/a`), "");
    using reading = node.openSync(`${path}/a`);
    assertThrows(() => reading.writeSync(bytes("x")), Error);
  }));

Deno.test("errors of Node are of the kinds that Deno has, and of no other", () =>
  inDirectory(async (path) => {
    const { errors } = node;
    Deno.writeTextFileSync(`${path}/file`, "");
    Deno.symlinkSync("loop", `${path}/loop`);
    const caught = async (run: () => unknown) => {
      try {
        await run();
      } catch (error) {
        return Object.entries(errors).filter(([, kind]) => error instanceof kind).map(([name]) => name);
      }
      return [];
    };
    assertEquals(await caught(() => node.statSync(`${path}/none`)), ["NotFound"]);
    assertEquals(await caught(() => node.stat(`${path}/none`)), ["NotFound"]);
    assertEquals(await caught(() => node.mkdir(path)), ["AlreadyExists"]);
    assertEquals(await caught(() => node.statSync(`${path}/file/x`)), ["NotADirectory"]);
    assertEquals(await caught(() => node.readFile(path)), ["IsADirectory"]);
    assertEquals(await caught(() => node.realPath(`${path}/loop`)), ["FilesystemLoop"]);
    assertEquals(await caught(() => Promise.reject(new Error("of no system"))), []);
  }));

Deno.test("remove() takes files, links and empty directories, and a tree only where it is told to", () =>
  inDirectory(async (path) => {
    for (
      const remove of [
        node.remove,
        async (...args: Parameters<typeof node.removeSync>) => node.removeSync(...args),
      ]
    ) {
      Deno.mkdirSync(`${path}/full/below`, { recursive: true });
      Deno.mkdirSync(`${path}/empty`);
      Deno.writeTextFileSync(`${path}/file`, "");
      Deno.symlinkSync("full", `${path}/link`);
      for (const name of ["file", "link", "empty"]) await remove(`${path}/${name}`);
      assertEquals([...Deno.readDirSync(path)].map(({ name }) => name), ["full"]);
      assertEquals(errorCode(await assertRejects(() => remove(`${path}/full`))), "ENOTEMPTY");
      await assertRejects(() => remove(`${path}/none`), node.errors.NotFound);
      await assertRejects(() => remove(`${path}/none`, { recursive: true }), node.errors.NotFound);
      await remove(`${path}/full`, { recursive: true });
      assertEquals([...Deno.readDirSync(path)], []);
    }
  }));

Deno.test("a time that is set is the one that is read, to the millisecond", () =>
  inDirectory(async (path) => {
    Deno.writeTextFileSync(`${path}/a`, "");
    using file = node.openSync(`${path}/a`, { write: true });
    for (
      const ms of [0, 1, 999, 1_234_567_890_001, 1_700_000_000_123, 1_700_000_000_999, 4_102_444_800_777]
    ) {
      const date = new Date(ms);
      for (
        const set of [
          () => node.utime(`${path}/a`, date, date),
          () => node.utimeSync(`${path}/a`, date, ms / 1000),
          () => file.utimeSync(ms / 1000, date),
        ]
      ) {
        node.utimeSync(`${path}/a`, 5, 5);
        await set();
        assertEquals(node.statSync(`${path}/a`).mtime?.getTime(), ms);
      }
    }
  }));

Deno.test("copyFile() copies what the status of a file says nothing of", {
  ignore: Deno.build.os !== "linux",
}, () =>
  inDirectory(async (path) => {
    const version = Deno.readTextFileSync("/proc/version");
    await node.copyFile("/proc/version", `${path}/a`);
    node.copyFileSync("/proc/version", `${path}/b`);
    assertEquals([Deno.readTextFileSync(`${path}/a`), Deno.readTextFileSync(`${path}/b`)], [
      version,
      version,
    ]);
  }));

Deno.test("bytes that are not UTF-8 are no text, and never another name", {
  ignore: Deno.build.os !== "linux",
}, () =>
  inDirectory(async (path) => {
    const run = async (script: string) =>
      assert((await new Deno.Command("sh", { args: ["-c", script], cwd: path }).output()).success);
    await run(
      String.raw`ln -s "$(printf 't\377')" link; mkdir "$(printf 'd\377')"; ln -s "$(printf 'd\377')" to`,
    );
    await Deno.mkdir(`${path}/d\ufffd`);
    await Deno.symlink("t\ufffd", `${path}/named`);
    await assertRejects(() => node.readLink(`${path}/link`), Error, "UTF-8");
    await assertRejects(() => node.realPath(`${path}/to`), Error, "UTF-8");
    assertThrows(() => node.realPathSync(`${path}/to`), Error, "UTF-8");
    const error = assertThrows(() => pathText(new Uint8Array([0x64, 0xff])), TypeError, "UTF-8");
    const denos = await assertRejects(() => Deno.readLink(`${path}/link`));
    assertEquals([errorCode(error), errorCode(denos)], ["EILSEQ", "EILSEQ"]);
    assertEquals(pathText(new TextEncoder().encode("\ufeffd\ufffd")), "\ufeffd\ufffd");
    assertEquals(await node.readLink(`${path}/named`), "t\ufffd");
    const real = await Deno.realPath(path);
    assertEquals(await node.realPath(`${path}/d\ufffd`), `${real}/d\ufffd`);
    assertEquals(node.realPathSync(`${path}/d\ufffd`), `${real}/d\ufffd`);
  }));

Deno.test("a working directory is the one that its text names", () => {
  const status = (ino: bigint) => ({ ino, dev: 1n });
  const world = (path: string, here: bigint, named: bigint | undefined) =>
    [
      { cwd: () => path },
      {
        statSync: (each: string) => each === "." ? status(here) : named === undefined ? named : status(named),
      },
    ] as unknown as Parameters<typeof workingDirectory>;
  assertEquals(workingDirectory(...world("/a", 1n, 2n)), "/a");
  assertEquals(workingDirectory(...world("/\ufffd", 1n, 1n)), "/\ufffd");
  assertThrows(() => workingDirectory(...world("/\ufffd", 1n, 2n)), TypeError, "UTF-8");
  assertThrows(() => workingDirectory(...world("/\ufffd", 1n, undefined)), TypeError, "UTF-8");
  assertEquals([variableOf({ A: "a" }, "A"), variableOf({}, "A")], ["a", undefined]);
  assertThrows(() => variableOf({ A: "\ufffd" }, "A"), TypeError, "unicode");
});

Deno.test("the other calls do as Deno's do", () =>
  inDirectory(async (path) => {
    assertEquals([node.build.os, node.pid, node.cwd()], [Deno.build.os, Deno.pid, Deno.cwd()]);
    assertEquals(node.hostname(), Deno.hostname());
    assertEquals(node.env.get("PATH"), Deno.env.get("PATH"));
    assertEquals(node.env.get("LADE_NO_SUCH_VARIABLE"), undefined);
    assertEquals(node.permissions.querySync({ name: "read", path }).state, "granted");
    await node.mkdir(`${path}/a/b`, { recursive: true, mode: 0o700 });
    node.mkdirSync(`${path}/a/c`, { mode: 0o750 });
    await node.writeTextFile(`${path}/a/text`, "ä", { createNew: true, mode: 0o640 });
    await assertRejects(
      () => node.writeTextFile(`${path}/a/text`, "", { createNew: true }),
      node.errors.AlreadyExists,
    );
    await node.symlink("text", `${path}/a/link`);
    await node.link(`${path}/a/text`, `${path}/a/second`);
    node.linkSync(`${path}/a/text`, `${path}/a/third`);
    await node.rename(`${path}/a/third`, `${path}/a/fourth`);
    node.renameSync(`${path}/a/fourth`, `${path}/a/fifth`);
    const listed = await Array.fromAsync(node.readDir(`${path}/a`));
    const order = (a: Deno.DirEntry, b: Deno.DirEntry) => a.name < b.name ? -1 : 1;
    assertEquals(listed.toSorted(order), [...Deno.readDirSync(`${path}/a`)].toSorted(order));
    await assertRejects(() => Array.fromAsync(node.readDir(`${path}/none`)), node.errors.NotFound);
    assertEquals(await node.readLink(`${path}/a/link`), "text");
    const real = Deno.realPathSync(`${path}/a/text`);
    assertEquals([await node.realPath(`${path}/a/link`), node.realPathSync(`${path}/a/link`)], [real, real]);
    await node.chmod(`${path}/a/text`, 0o600);
    node.chmodSync(`${path}/a/c`, 0o700);
    const modes = ["a", "a/b", "a/c", "a/text"].map((name) =>
      (Deno.statSync(`${path}/${name}`).mode ?? 0) & 0o777
    );
    assertEquals(modes, [0o700, 0o700, 0o700, 0o600]);
    const { uid, gid } = Deno.statSync(`${path}/a/text`);
    await node.chown(`${path}/a/text`, uid, gid);
    const read = node.readFileSync(`${path}/a/text`);
    assertEquals([read, await node.readFile(`${path}/a/text`)], [bytes("ä"), bytes("ä")]);
    assertEquals([read.constructor, node.readTextFileSync(`${path}/a/text`)], [Uint8Array, "ä"]);
    assertEquals(await node.readTextFile(`${path}/a/text`), "ä");
    const temporary = await node.makeTempFile();
    assertEquals(Deno.statSync(temporary).size, 0);
    Deno.removeSync(temporary);
  }));

Deno.test("errorCode() finds the name of an error that Node gives the number of", () => {
  const error = Object.assign(new Error(), { code: "Unknown system error -122", errno: -122 });
  assertEquals(errorCode(error), Deno.build.os === "linux" ? "EDQUOT" : errorCode(error));
  assertEquals(errorCode(Object.assign(new Error(), { code: "ENOENT" })), "ENOENT");
  assert(errorCode(new Error("of no system")) === undefined);
});
