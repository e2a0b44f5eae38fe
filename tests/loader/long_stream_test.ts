import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { BUDGET, type LongStream, OBJECTS, RECORD, RECORDS } from "./long_stream_process.ts";

const MIB = 2 ** 20;
const PROGRAM = fileURLToPath(new URL("./long_stream_process.ts", import.meta.url));

Deno.test("a stream of 2 GiB holds no more memory than the budget, and at its end no more than at its beginning", async () => {
  const args = ["run", "--quiet", "--no-check", "-A", "--v8-flags=--expose-gc", PROGRAM];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { held, bytes, samples }: LongStream = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals([samples, bytes], [OBJECTS * RECORDS, 2 * 2 ** 30]);
  assertEquals(bytes, samples * RECORD);
  assertEquals(held.length, OBJECTS);
  const told = held.map((bytes) => Math.round(bytes / MIB)).join(", ");
  const [, second = 0] = held;
  // The collector lets it creep up by some 90 MiB, where it stays; what is kept of one byte in twenty is more.
  assert(Math.max(...held) <= BUDGET + 320 * MIB, `MiB held: ${told}`);
  assert((held.at(-1) ?? 0) <= second + 96 * MIB, `MiB held: ${told}`);
});
