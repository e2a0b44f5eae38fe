import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import { killRanks, SEED } from "./kill_ranks.ts";

Deno.test(`ranks that are killed at any call of a save leave whole checkpoints in files (seed ${SEED})`, async () => {
  await using directory = await TemporaryDirectory.make();
  await Deno.mkdir(`${directory.path}/c`);
  await killRanks({ uri: `file://${directory.path}/c/`, config: {}, rounds: 8 });
});
