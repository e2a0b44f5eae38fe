import { fileURLToPath } from "node:url";
import { assert } from "@std/assert";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import { BUDGET, type EpochsMemory } from "./epochs_process.ts";

const MIB = 2 ** 20;
const PROGRAM = fileURLToPath(new URL("./epochs_process.ts", import.meta.url));

Deno.test("epochs over files hold no more memory than the budget, and the fifth no more than the first", async () => {
  await using directory = await TemporaryDirectory.make();
  const bytes = new Uint8Array(150_528);
  for (let file = 0; file < 600; file++) await Deno.writeFile(`${directory.path}/${file}`, bytes);
  const args = ["run", "--quiet", "--no-check", "-A", "--v8-flags=--expose-gc", PROGRAM, directory.path];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { before, epochs }: EpochsMemory = JSON.parse(new TextDecoder().decode(stdout));
  const [first = 0] = epochs, last = epochs.at(-1) ?? 0;
  assert(epochs.length === 5);
  assert(Math.max(...epochs) <= BUDGET + 150 * MIB, `${Math.max(...epochs) / MIB} MiB were held`);
  assert(
    last <= first * 1.05 + 4 * MIB,
    `${first / MIB} MiB behind the first epoch, ${last / MIB} behind the fifth`,
  );
  assert(first - before <= BUDGET, `${(first - before) / MIB} MiB came with the first epoch`);
});
