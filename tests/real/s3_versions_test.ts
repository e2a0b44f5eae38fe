import { assertEquals, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { hasVersitygw, startVersitygw } from "../../tools/servers/start_versitygw.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { configOf, openNewBucket } from "./s3_server.ts";

Deno.test({
  name: `lade lists, reads, restores, undeletes and removes versions on versitygw${
    hasVersitygw() ? "" : " (skipped: versitygw is not installed: deno task servers)"
  }`,
  ignore: !hasVersitygw(),
  async fn() {
    await using server = await startVersitygw();
    await using opened = await openNewBucket(server, { versions: true });
    await using lade = new Lade({ config: { s3: { ...configOf(server) } } });
    const bucket = `s3://${opened.bucket}`;
    const run = async (...args: string[]) => {
      const terminal = new FakeTerminal();
      const code = await runCli(args, { terminal, lade });
      return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
    };
    const versions = async () => {
      const { stdout } = await run("ls", "--versions", "--json", "-r", bucket);
      return stdout.trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    };
    for (const text of ["one", "two"]) await lade.put(`${bucket}/k`, text);
    await lade.put(`${bucket}/d/x`, "x");
    await run("rm", `${bucket}/d/x`);
    const listed = await versions();
    assertEquals(listed.map(({ key, isLatest, isDeleteMarker }) => [key, isLatest, isDeleteMarker]), [
      ["d/x", true, true],
      ["d/x", false, false],
      ["k", true, false],
      ["k", false, false],
    ]);
    const [marker, , , older] = listed.map(({ version }) => version);
    assertEquals((await run("cat", "--version", older, `${bucket}/k`)).stdout, "one");
    assertEquals((await run("cp", "--version", older, `${bucket}/k`, `${bucket}/k`)).code, 0);
    assertEquals((await run("cat", `${bucket}/k`)).stdout, "one");
    assertEquals((await run("rm", "--version", marker, `${bucket}/d/x`)).code, 0);
    assertEquals((await run("cat", `${bucket}/d/x`)).stdout, "x");
    assertStringIncludes((await run("rm", "--version", "no-such", `${bucket}/k`)).stderr, "no version");
    assertEquals((await run("rm", "-r", "--versions", `${bucket}/d`)).code, 0);
    assertEquals((await versions()).map(({ key }) => key), ["k", "k", "k"]);
    assertEquals((await run("rb", "-f", bucket)).code, 1);
    assertEquals((await run("rb", "-f", "--versions", bucket)).code, 0);
  },
});
