/** Runs one transfer as a program of its own, which a test kills: the request is its argument, in JSON. */
import { Lade, type LadeConfig } from "@lade/lade";
import { transfer } from "@lade/transfer";
import { journalPlaceOf, ProcessLocks } from "@lade/transfer/journal";
import { resolveDestination } from "@lade/transfer/places";
import { sync } from "@lade/transfer/sync";

/** What is transferred. */
export interface KilledTransfer {
  /** Configuration of the stores. */
  readonly config: LadeConfig;
  /** What is done. */
  readonly operation: "cp" | "mv" | "sync";
  /** The tree that it is done to. */
  readonly source: string;
  /** Where that goes. */
  readonly destination: string;
  /** Where journals are. */
  readonly journals: string;
  /** Objects of so many bytes may be gone on with. */
  readonly resumableBytes: number;
  /** What is done to the bytes; nothing by default. */
  readonly conversion?: "compress" | "decompress";
}

if (import.meta.main) {
  const { config, operation, source, destination, journals, resumableBytes, conversion }: KilledTransfer =
    JSON
      .parse(Deno.args[0] ?? "");
  await using lade = new Lade({ config });
  const locks = new ProcessLocks(`${journals}/../processes`);
  const journal = { place: await journalPlaceOf(lade, journals, locks), resumableBytes };
  const signal = new AbortController().signal;
  const listener = {
    done: () => Promise.resolve(),
    skipped: () => Promise.resolve(),
    deleted: () => Promise.resolve(),
    backedUp: () => Promise.resolve(),
    failed: (uri: string, error: unknown) => Promise.resolve(console.error(`${uri}: ${error}`)),
  };
  const target = await resolveDestination(lade, destination, true);
  if (target.kind !== "prefix") throw new TypeError(`Cannot transfer to ${destination}: a prefix is needed`);
  const common = { operation, concurrency: 4, journal, signal };
  const counts = operation === "sync"
    ? await sync(lade, { ...common, source, destination: target.place }, listener)
    : await transfer(lade, {
      ...common,
      sources: [source],
      destination: target,
      recursive: true,
      chunkSize: resumableBytes / 4,
      move: operation === "mv",
      ...(conversion && { conversion }),
      stdin: { read: () => Promise.resolve(null) },
      stdout: () => Promise.resolve(),
    }, listener);
  console.log(JSON.stringify(counts));
  if (counts.failed > 0) Deno.exitCode = 1;
}
