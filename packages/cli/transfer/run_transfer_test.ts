import { assertEquals } from "@std/assert";
import { Lade } from "@lade/lade";
import { PlaceJudge } from "@lade/core/operations";
import { FakeClock } from "@lade/testing";
import { resolveDestination } from "../places/resolve_destination.ts";
import { TransferProgress } from "../progress/transfer_progress.ts";
import { measureJobs } from "./run_transfer.ts";

Deno.test("measureJobs() counts what is refused among the objects, and its bytes not among the bytes", async () => {
  await using lade = new Lade();
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/in/empty`, { recursive: true });
    await Deno.writeTextFile(`${root}/in/one`, "1");
    await Deno.writeTextFile(`${root}/secret`, "blob");
    await Deno.symlink("../secret", `${root}/in/outer`);
    const progress = new TransferProgress(new FakeClock());
    await measureJobs({
      lade,
      operation: "put",
      sources: [`${root}/in`],
      destination: await resolveDestination(lade, "memory://m/p/", true),
      recursive: true,
      stdin: { read: () => Promise.resolve(null) },
      move: false,
      changesAttributes: false,
      conversion: "none",
      judge: new PlaceJudge(),
      signal: new AbortController().signal,
    }, progress);
    const { totalObjects, totalBytes } = progress.snapshot();
    assertEquals([totalObjects, totalBytes], [3, 1]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
