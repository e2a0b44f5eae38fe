import { assertEquals, assertStringIncludes } from "@std/assert";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const FILES = { "in/a": "1", "in/closed/f": "22", "in/d/g": "333", "in/z": "4444" };

/** A tree of which one directory may not be read, as `lost+found` of a disk may not. */
async function closedTree(): Promise<
  { directory: TemporaryDirectory; options: Parameters<typeof runLade>[1] }
> {
  const directory = await TemporaryDirectory.make(FILES);
  return {
    directory,
    options: { cwd: directory.path, permissions: [`--deny-read=${directory.path}/in/closed`] },
  };
}

Deno.test("lade ls shows a directory that may not be read, and what comes after it", async () => {
  const { directory, options } = await closedTree();
  await using _ = directory;
  const { code, stdout, stderr } = await runLade(["ls", "in"], options);
  assertEquals(stdout.trim().split("\n").map((line) => line.slice(34)), ["a", "closed/", "d/", "z"]);
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("lade ls -r and du go on past a directory that may not be read, and fail for it", async () => {
  const { directory, options } = await closedTree();
  await using _ = directory;
  const listed = await runLade(["ls", "-r", "in"], options);
  assertEquals(listed.stdout.trim().split("\n").map((line) => line.slice(34)), ["a", "d/g", "z"]);
  assertEquals(listed.code, 1);
  assertStringIncludes(listed.stderr, `Cannot list "${directory.uri("in/closed/")}": Deno may not read`);
  const summed = await runLade(["du", "--json", "in"], options);
  assertEquals(JSON.parse(summed.stdout), { type: "usage", uri: directory.uri("in/"), size: 8, objects: 3 });
  assertEquals([summed.code, JSON.parse(summed.stderr).uri], [1, directory.uri("in/closed/")]);
});

Deno.test("lade cp -r copies what is beside a directory that may not be read, and fails for it", async () => {
  const { directory, options } = await closedTree();
  await using _ = directory;
  const { code, stderr } = await runLade(["cp", "-r", "--json", "in", "out"], options);
  const messages = stderr.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    messages.map(({ type, code, uri, objects, failed }) => [type, code ?? objects, uri ?? failed]),
    [
      ["error", "permission-denied", directory.uri("in/closed/")],
      ["summary", 3, 1],
    ],
  );
  assertEquals(code, 1);
  assertEquals(await directory.tree("out/"), { "out/a": "1", "out/d/g": "333", "out/z": "4444" });
});

Deno.test("lade ls -r of nothing but what may not be read fails", async () => {
  const { directory, options } = await closedTree();
  await using _ = directory;
  const { code, stdout, stderr } = await runLade(["ls", "-r", "in/closed"], options);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "Deno may not read");
});
