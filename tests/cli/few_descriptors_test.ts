import { assertEquals, assertStringIncludes } from "@std/assert";
import { ladeArguments } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";

const COUNT = 600;
const NOTE = 'the system allows no more open files (raise "ulimit -n"): fewer objects are worked on at once';

/** Runs `lade` where the system lets a process have few files and connections open. */
async function runWithFew(cli: S3Cli, args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const options = cli.options();
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'ulimit -n 64 && exec "$@"', "sh", Deno.execPath(), ...ladeArguments(args, options)],
    cwd: options.cwd,
    env: { TZ: "UTC", NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test({
  name: "lade cp -r of many objects waits for descriptors where few are allowed, and says so once",
  ignore: Deno.build.os === "windows",
  async fn() {
    const files = Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`from/${i}`, `content ${i}`]));
    await using cli = await S3Cli.start(files);
    for (
      const [from, to] of [["from/", "s3://bucket/a/"], ["s3://bucket/a/", "down/"], [
        "from/",
        "local/",
      ]] as const
    ) {
      const { code, stderr } = await runWithFew(cli, ["cp", "-r", "-j", "64", from, to]);
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, `${COUNT} objects`);
      assertEquals(stderr.split(NOTE).length <= 2, true, stderr);
    }
    assertEquals(cli.fake.objects("bucket").length, COUNT);
    const tree = await cli.directory.tree();
    for (let i = 0; i < COUNT; i++) {
      assertEquals([tree[`down/${i}`], tree[`local/${i}`]], [`content ${i}`, `content ${i}`]);
    }
  },
});
