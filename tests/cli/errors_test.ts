import { assertEquals, assertMatch } from "@std/assert";
import { ErrorMessage } from "../../packages/cli/messages/error_message.ts";
import { createStyle } from "../../packages/cli/output/style.ts";
import { CliHere } from "./run_here.ts";

const STYLE = createStyle();

Deno.test("ErrorMessage shows the cause chain from -v on, and stacks from -vv on", () => {
  const error = new Error("Cannot get it", { cause: new TypeError("refused", { cause: "no route" }) });
  assertEquals(new ErrorMessage(error, 0).toText(STYLE), "lade: Cannot get it");
  assertEquals(
    new ErrorMessage(error, 1).toText(STYLE),
    "lade: Cannot get it\n  caused by: refused\n  caused by: no route",
  );
  assertMatch(
    new ErrorMessage(error, 2).toText(STYLE),
    /^lade: Cannot get it\n +at .*\n[^]* {2}caused by: refused\n +at /,
  );
  assertEquals(new ErrorMessage(error, 0).toJson(), {
    type: "error",
    message: "Cannot get it",
    causes: ["refused", "no route"],
  });
});

Deno.test("ErrorMessage ends a chain of causes that bites its tail, and takes anything that is thrown", () => {
  const error = new Error("round");
  error.cause = new Error("and round", { cause: error });
  assertEquals(new ErrorMessage(error, 1).toText(STYLE), "lade: round\n  caused by: and round");
  for (
    const [thrown, text] of [[undefined, "undefined"], [null, "null"], ["text", "text"], [
      new Error(""),
      "Error",
    ]]
  ) {
    assertEquals(new ErrorMessage(thrown, 2).toText(STYLE).split("\n")[0], `lade: ${text}`);
  }
});

Deno.test("ErrorMessage escapes what could steer a terminal", () => {
  assertEquals(new ErrorMessage(new Error("a\x1b[2Jb\nc"), 0).toText(STYLE), "lade: a\\u001b[2Jb\\nc");
});

Deno.test("lade prints each failure once, with causes by -v", async () => {
  await using cli = new CliHere();
  const { stderr } = await cli.run(["-v", "cat", "memory://m/x"]);
  assertEquals(stderr, 'lade: Cannot get "memory://m/x": no such object\n');
  const { stderr: file } = await cli.run(["-v", "cat", "/nope/x"]);
  assertMatch(file, /^lade: Cannot get "file:\/\/\/nope\/x": no such object\n {2}caused by: .*No such file/);
});

Deno.test("lade says of a missing object what its name may be meant for", async () => {
  await using cli = new CliHere();
  await cli.lade.put("memory://m/a", "1");
  for (const command of ["ls", "du", "cp -r", "cat", "rm", "rm -r"]) {
    const { stderr } = await cli.run([
      ...command.split(" "),
      "memory://m/*.txt",
      ...command === "cp -r" ? ["memory://n/"] : [],
    ]);
    assertMatch(
      stderr,
      /no such object(?: or prefix)?; no name is a pattern, \* and \? stand for themselves\n/,
    );
  }
  for (const command of ["cat", "stat", "rm"]) {
    for (const name of ["a?versionId=3", "a#1795956458562000"]) {
      const { stderr } = await cli.run([command, `memory://m/${name}`]);
      assertMatch(stderr, /no such object; a version is named by --version, and no part of the URI\n$/);
    }
  }
});

Deno.test("what is missing is not the same as its destination, and a flag takes no value", async () => {
  await using cli = new CliHere();
  const same = await cli.run(["cp", "/tmp/nowhere/x", "/tmp/nowhere/x"]);
  assertEquals([same.code, same.stderr], [1, 'lade: Cannot cp "file:///tmp/nowhere/x": no such object\n']);
  const flag = await cli.run(["ls", "-r=1"]);
  assertEquals([flag.code, flag.stderr.split("\n")[0]], [2, 'lade: `-r` takes no value, but got "1".']);
  await cli.fill({ "memory://m/a": "1" });
  for (const jobs of ["-j4", "-j=4"]) {
    assertEquals((await cli.run(["cp", jobs, "-r", "memory://m/", "memory://n/"])).code, 0);
  }
});
