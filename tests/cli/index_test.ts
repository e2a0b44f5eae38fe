import { assert, assertEquals, assertMatch } from "@std/assert";
import { latin, NPY, TFRECORD } from "./format_files.ts";
import { CliHere } from "./run_here.ts";

/** A member of an archive of one block. */
function member(name: string, text: string): string {
  const fields = [name.padEnd(100, "\0"), "0000644\0", "0000000\0", "0000000\0"];
  const rest = [text.length.toString(8).padStart(11, "0") + " ", "00000000000 "];
  const end = `0${"\0".repeat(100)}ustar\x0000`.padEnd(356, "\0");
  const sum = [...fields.join(""), ...rest.join(""), ..." ".repeat(8), ...end]
    .reduce((total, letter) => total + letter.charCodeAt(0), 0);
  const header = [...fields, ...rest, `${sum.toString(8).padStart(6, "0")}\0 `, end].join("");
  return header + text.padEnd(512, "\0");
}

const TAR = latin(member("a.jpg", "11") + member("a.cls", "1") + member("b.jpg", "222") + "\0".repeat(1024));

Deno.test("lade index writes the index of each TFRecord and tar below a prefix, and passes over all else", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/p/r.tfrecord", TFRECORD);
  await cli.lade.put("memory://m/p/s.tar", TAR);
  await cli.lade.put("memory://m/p/a.npy", NPY);
  await cli.fill({ "memory://m/p/x.txt": "text" });
  const missing = await cli.run(["index", "--check", "memory://m/p/"]);
  assertEquals([missing.code, missing.stdout], [
    1,
    "missing memory://m/p/r.tfrecord.idx (2 records)\nmissing memory://m/p/s.idx (2 samples)\n",
  ]);
  const written = await cli.run(["index", "-v", "memory://m/p/"]);
  assertEquals([written.code, written.stdout], [
    0,
    "index memory://m/p/r.tfrecord.idx (2 records)\nindex memory://m/p/s.idx (2 samples)\n",
  ]);
  assertEquals(
    written.stderr.match(/skipped .*\/(?:a\.npy|x\.txt): it is no TFRecord and no tar/g)?.length,
    2,
  );
  const contents = await cli.contents("memory://m/p/");
  assertEquals(contents["memory://m/p/r.tfrecord.idx"], "0 17\n17 16\n");
  assertEquals(
    contents["memory://m/p/s.idx"],
    "v1.2 2\njpg 512 2 a.jpg cls 1536 1 a.cls\njpg 2560 3 b.jpg\n",
  );
  const current = await cli.run(["index", "--check", "--json", "memory://m/p/"]);
  assertEquals(current.code, 0);
  assertEquals(current.stdout.trim().split("\n").map((line) => JSON.parse(line)), [
    {
      ...{ type: "index", uri: "memory://m/p/r.tfrecord", index: "memory://m/p/r.tfrecord.idx" },
      ...{ format: "tfrecord", count: 2, noun: "record", state: "current" },
    },
    {
      ...{ type: "index", uri: "memory://m/p/s.tar", index: "memory://m/p/s.idx" },
      ...{ format: "tar", count: 2, noun: "sample", state: "current" },
    },
  ]);
});

Deno.test("lade index --check tells an index that leads elsewhere, also where the sizes fit, and changes nothing", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/r.tfrecord", TFRECORD);
  await cli.lade.put("memory://m/s.tar", TAR);
  for (
    const [uri, index, state] of [
      ["r.tfrecord", "0 17\n17 16\n", "current"],
      ["r.tfrecord", "0 16\n16 17\n", "stale"],
      ["r.tfrecord", "0 17\n", "stale"],
      ["r.tfrecord", "no index", "stale"],
      ["s.tar", "v1.2 2\njpg 512 2 a.jpg cls 1536 1 a.cls\njpg 2560 3 b.jpg\n", "current"],
      ["s.tar", "v1.1 2\njpg 512 2 cls 1536 1\njpg 2560 3\n", "current"],
      ["s.tar", "v1.2 2\njpg 512 2 a.jpg cls 1536 2 a.cls\njpg 2560 3 b.jpg\n", "stale"],
      ["s.tar", "v1.2 1\njpg 512 2 a.jpg cls 1536 1 a.cls\n", "stale"],
    ] as const
  ) {
    const key = uri === "s.tar" ? "memory://m/s.idx" : "memory://m/r.tfrecord.idx";
    await cli.lade.put(key, index);
    const { code, stdout } = await cli.run(["index", "--check", `memory://m/${uri}`]);
    assertEquals([index, stdout.split(" ")[0], code], [index, state, state === "current" ? 0 : 1]);
    assertEquals((await cli.contents(key))[key], index);
  }
});

Deno.test("lade index refuses what has none, and what is damaged, and writes nothing then", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/a.npy", NPY);
  await cli.lade.put("memory://m/cut.tfrecord", TFRECORD.slice(0, -1));
  await cli.lade.put("memory://m/cut.tar", TAR.slice(0, 1800));
  for (
    const [key, told] of [
      ["a.npy", /npy has no index beside it/],
      ["cut.tfrecord", /record 1/],
      ["cut.tar", /Cannot/],
      ["none", /no such object/],
    ] as const
  ) {
    const { code, stdout, stderr } = await cli.run(["index", `memory://m/${key}`]);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, told);
  }
  assert(!Object.keys(await cli.contents("memory://m/")).some((uri) => uri.endsWith(".idx")));
});
