import { systemClock } from "@lade/core";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { IoGate } from "../files/io_gate.ts";
import { FileCalls } from "./file_calls.ts";

Deno.test("FileCalls.present() takes only what is not there for absent", async () => {
  const calls = new FileCalls(new IoGate(systemClock));
  assertEquals(await calls.present(Promise.resolve(1)), 1);
  for (
    const [code, isAbsent] of [["ENOENT", true], ["ENOTDIR", true], ["EACCES", false], [
      "EIO",
      false,
    ]] as const
  ) {
    const error = Object.assign(new Error(code), { code });
    const found = await calls.present(Promise.reject(error)).catch((error) => error);
    assertStrictEquals(found, isAbsent ? undefined : error);
  }
});

Deno.test("FileCalls leaves out on Windows what its file systems do not have", async () => {
  const path = await Deno.makeTempFile({ prefix: "lade-" });
  try {
    await Deno.chmod(path, 0o600);
    const [windows, posix] = (["windows", "posix"] as const).map((it) =>
      new FileCalls(new IoGate(systemClock), it)
    );
    await windows?.chmod(path, 0o640);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    await posix?.chmod(path, 0o640);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o640);
    await windows?.syncDirectory(`${path}/none`);
    await assertRejects(async () => await posix?.syncDirectory(`${path}/none`));
  } finally {
    await Deno.remove(path);
  }
});
