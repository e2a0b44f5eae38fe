import { getBytes, InvalidNameError, type LeftOut, PermissionDeniedError, PrefixStore } from "@lade/core";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openFileStore } from "../mod.ts";
import { keysOf, testBoth } from "../testing/both_stores.ts";
import { makeRoot, type TestRoot } from "../testing/make_root.ts";

/** Makes all that is no object, and an object by each of the allowed ways. */
async function makeAll(root: TestRoot, outside: TestRoot): Promise<void> {
  outside.write("secret", "secret");
  root.write("d/file", "file");
  Deno.symlinkSync(outside.file("secret"), root.file("d/outer"));
  Deno.symlinkSync(outside.path, root.file("d/outer-directory"));
  Deno.symlinkSync("nowhere", root.file("d/broken"));
  Deno.symlinkSync("self", root.file("d/self"));
  Deno.symlinkSync("..", root.file("d/circle"));
  Deno.symlinkSync("file", root.file("d/link"));
  const made = await new Deno.Command("sh", {
    args: [
      "-c",
      `mkfifo pipe && ln -s pipe to-pipe && printf x > "$(printf 'bad\\377')" && mkdir "$(printf 'dir\\377')" &&
      ln -s "$(printf 'bad\\377')" to-bad`,
    ],
    cwd: root.file("d"),
  }).output();
  assertEquals(made.success, true, new TextDecoder().decode(made.stderr));
  root.write("d/.lade-0123456789abcdef-1~tmp", "unfinished");
}

function told(leftOut: readonly LeftOut[]): Record<string, [string, boolean]> {
  const sorted = leftOut.toSorted((a, b) => a.key < b.key ? -1 : 1);
  return Object.fromEntries(sorted.map(({ key, reason, hasBytes }) => [key, [reason, hasBytes]]));
}

const OUTER =
  'it is a symbolic link that leads out of the directory; set symlinks to "follow" (--config file.symlinks=follow) to follow it';
const EXPECTED: Record<string, [string, boolean]> = {
  "bad\ufffd": ["its name is not UTF-8, rename it", true],
  "broken": ["it is a symbolic link that leads nowhere", false],
  "circle": ["it is a symbolic link to a directory that it lies in", false],
  "dir\ufffd": ["its name is not UTF-8, rename it", true],
  "outer": [OUTER, true],
  "outer-directory": [OUTER, true],
  "pipe": ["it is a socket, pipe or device", false],
  "self": ["it is a symbolic link that leads nowhere", false],
  "to-bad": ["it is a symbolic link to a name that is not UTF-8, rename that", true],
  "to-pipe": ["it is a socket, pipe or device", false],
};

function below(prefix: string): Record<string, [string, boolean]> {
  return Object.fromEntries(Object.entries(EXPECTED).map(([key, value]) => [prefix + key, value]));
}

testBoth("list() and listWithDelimiter() tell what they left out, and why", async ({ root, store }) => {
  await using outside = await makeRoot();
  await makeAll(root, outside);
  const leftOut: LeftOut[] = [];
  const onLeftOut = (entry: LeftOut) => void leftOut.push(entry);
  assertEquals(await keysOf(store.list("", { onLeftOut })), ["d/file", "d/link"]);
  assertEquals(told(leftOut.splice(0)), below("d/"));
  assertEquals(await keysOf(store.listWithDelimiter("d/", { onLeftOut })), ["d/file", "d/link"]);
  assertEquals(told(leftOut.splice(0)), below("d/"));
  assertEquals(await keysOf(store.listWithDelimiter("", { onLeftOut })), ["d/"]);
  assertEquals(leftOut, []);
  await keysOf(store.list("d/outer", { onLeftOut }));
  assertEquals(leftOut.splice(0).map(({ key }) => key).sort(), ["d/outer", "d/outer-directory"]);
  await keysOf(store.list("", { onLeftOut, startAfter: "d/pi" }));
  assertEquals(leftOut.map(({ key }) => key).sort(), ["d/pipe", "d/self", "d/to-bad", "d/to-pipe"]);
  await assertRejects(() => store.get("d/to-bad"), InvalidNameError, "a name that is not UTF-8");
  const prefixed: LeftOut[] = [];
  await keysOf(new PrefixStore(store, "d/").list("", { onLeftOut: (entry) => void prefixed.push(entry) }));
  assertEquals(told(prefixed), EXPECTED);
});

Deno.test("list() tells every link where none may be followed, and none where all may", async () => {
  await using outside = await makeRoot();
  await using root = await makeRoot();
  outside.write("secret", "secret");
  root.write("file", "file");
  Deno.symlinkSync("file", root.file("link"));
  Deno.symlinkSync(outside.path, root.file("outer"));
  const leftOut: LeftOut[] = [];
  const onLeftOut = (entry: LeftOut) => void leftOut.push(entry);
  const refusing = await openFileStore(root.path, { symlinks: "refuse" });
  assertEquals(await keysOf(refusing.list("", { onLeftOut })), ["file"]);
  assertEquals(leftOut.splice(0).map(({ key, hasBytes }) => [key, hasBytes]).sort(), [
    ["link", true],
    ["outer", true],
  ]);
  const following = await openFileStore(root.path, { symlinks: "follow" });
  assertEquals(await keysOf(following.list("", { onLeftOut })), ["file", "link", "outer/secret"]);
  assertEquals(leftOut, []);
});

Deno.test("a directory that holds nothing but a name that is no UTF-8 is no common prefix", async () => {
  await using root = await makeRoot();
  root.write("d/\ufffd", "a name that is UTF-8");
  root.write("e/file", "file");
  const made = await new Deno.Command("sh", {
    args: ["-c", `mv file "$(printf '\\377')"`],
    cwd: root.file("e"),
  }).output();
  assertEquals(made.success, true);
  const store = await openFileStore(root.path);
  assertEquals(await keysOf(store.listWithDelimiter()), ["d/"]);
  assertEquals(await keysOf(store.list()), ["d/\ufffd"]);
  assertEquals((await getBytes(store, "d/\ufffd")).bytes.length, 20);
});

testBoth(
  "list() goes on past what may not be looked at only where somebody is told",
  async ({ root, store }) => {
    for (const key of ["a", "closed/f", "d/closed/f", "d/g", "z"]) root.write(key, key);
    const { readDir, lstat, lstatSync } = Deno;
    const denied = () => Object.assign(new Deno.errors.PermissionDenied("denied"), { code: "EACCES" });
    Deno.readDir = (path) => {
      if (String(path).endsWith("/closed/")) throw denied();
      return readDir(path);
    };
    // Whether a call is synchronous goes by how fast those before were.
    Deno.lstat = async (path) => {
      if (String(path).endsWith("/g")) throw denied();
      return await lstat(path);
    };
    Deno.lstatSync = (path) => {
      if (String(path).endsWith("/g")) throw denied();
      return lstatSync(path);
    };
    try {
      const leftOut: LeftOut[] = [];
      const onLeftOut = (entry: LeftOut) => void leftOut.push(entry);
      await assertRejects(() => keysOf(store.list()), PermissionDeniedError, "closed/");
      await assertRejects(() => keysOf(store.listWithDelimiter("d/")), PermissionDeniedError, "d/g");
      await assertRejects(() => keysOf(store.list("closed/", { onLeftOut })), PermissionDeniedError);
      assertEquals(leftOut, []);
      assertEquals(await keysOf(store.listWithDelimiter()), ["a", "closed/", "d/", "z"]);
      assertEquals(await keysOf(store.list("", { onLeftOut })), ["a", "z"]);
      assertEquals(leftOut.map(({ key, hasBytes }) => [key, hasBytes]), [
        ["closed/", true],
        ["d/closed/", true],
        ["d/g", true],
      ]);
      for (const { key, error } of leftOut) {
        assert(error instanceof PermissionDeniedError);
        assertEquals(error.uri, `${store.uri}/${key}`);
      }
    } finally {
      Object.assign(Deno, { readDir, lstat, lstatSync });
    }
  },
);
