import { assert, assertEquals } from "@std/assert";
import { cpuSecondsOf } from "./server_cpu.ts";

Deno.test(
  "cpuSecondsOf() counts a process and those below it",
  { ignore: Deno.build.os !== "linux" },
  async () => {
    const count = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; read line";
    const shell = new Deno.Command("sh", {
      args: ["-c", `exec 3<&0; sh -c '${count}' <&3 & wait`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = shell.stdout.getReader();
    await reader.read();
    assert((cpuSecondsOf(shell.pid) ?? 0) > 0);
    assert((cpuSecondsOf(Deno.pid) ?? 0) >= (cpuSecondsOf(shell.pid) ?? Infinity));
    await reader.cancel();
    await shell.stdin.close();
    await shell.status;
    assertEquals(cpuSecondsOf(shell.pid), undefined);
  },
);
