import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";

Deno.test("a process ends although a checkpoint is left open", async () => {
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const program = `import { openCheckpoints } from "@lade/checkpoint";
  import { MemoryStore } from "@lade/core";
  for (const leaseMs of [3_000, 900_000]) {
    const series = await openCheckpoints(new MemoryStore(), "run", { leaseMs });
    await series.save(1, { tensors: [] }).committed;
    console.log((await series.open("latest")).info.step);
  }`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, program],
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([text(stdout), text(stderr)], ["1\n1\n", ""]);
});
