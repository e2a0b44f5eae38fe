import { assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import { CommandLimitError, runCommand } from "./run_command.ts";

const BOUNDS = { timeoutMs: 60_000, maxBytes: 1_000 };

Deno.test("runCommand() gives what a command prints and says, and how it ends", async () => {
  assertEquals(await runCommand("echo out; echo err >&2; exit 3", systemClock, BOUNDS), {
    code: 3,
    signal: null,
    stdout: "out\n",
    stderr: "err\n",
  });
  assertEquals((await runCommand("kill -TERM $$", systemClock, BOUNDS)).signal, "SIGTERM");
});

Deno.test("runCommand() gives a command variables beside those of this process", async () => {
  const { stdout } = await runCommand('echo "$A" "${PATH:+path}"', systemClock, {
    ...BOUNDS,
    env: { A: "b" },
  });
  assertEquals(stdout, "b path\n");
});

Deno.test("runCommand() gives a command no standard input", async () => {
  assertEquals((await runCommand("cat; echo done", systemClock, BOUNDS)).stdout, "done\n");
});

Deno.test("runCommand() ends a command that takes or prints too much", async () => {
  await assertRejects(
    () => runCommand("head -c 5000 /dev/zero", systemClock, BOUNDS),
    CommandLimitError,
    "prints more than 1000 bytes",
  );
  const clock = new FakeClock();
  const late = assertRejects(
    () => runCommand("sleep 30", clock, BOUNDS),
    CommandLimitError,
    "is not done after 60 s",
  );
  await clock.advance(60_000);
  await late;
});
