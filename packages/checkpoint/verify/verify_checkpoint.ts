import { checkOptions, optionWords } from "@lade/core/backend";
import { inParallel } from "@lade/core/concurrency";
import type { Series } from "../series/series.ts";
import { checkExtras, checkPieces } from "./check_chunks.ts";
import { checkHeaders, checkRecords } from "./check_sources.ts";
import { checkSizes } from "./check_sizes.ts";
import type { Verification } from "./verification.ts";
import type { VerifyFault, VerifyLevel, VerifyOptions, VerifyReport } from "./verify_report.ts";

/**
 * Looks whether all that a checkpoint names is there and as it was written. What is wrong is in the report, each fault with its
 * object and tensor; only a store that cannot be read is an error. Nothing is written.
 */
export async function verifyCheckpoint(
  { store }: Pick<Series, "store">,
  { manifest, table }: Pick<Verification, "manifest" | "table">,
  level: VerifyLevel,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  checkOptions("verify a checkpoint", options, { signal: "signal" });
  const { signal } = options;
  if (!["size", "chunks", "full"].includes(level)) {
    throw new TypeError(
      `Cannot verify a checkpoint by ${optionWords(level)}: it is "size", "chunks" or "full"`,
    );
  }
  const faults: VerifyFault[] = [];
  let bytes = 0;
  const onFault = (fault: VerifyFault) => faults.push(fault);
  const onBytes = (count: number) => bytes += count;
  const { objects, unreadable } = await checkSizes({ store, manifest, table, onFault }, signal);
  const work: Verification = { store, manifest, table, unreadable, onFault, onBytes };
  if (level !== "size") {
    await checkPieces(work, signal);
    await checkExtras(work, signal);
  }
  if (level === "full") {
    const tasks = [checkHeaders, checkRecords];
    await inParallel(tasks, tasks.length, async (task, signal) => await task(work, signal), signal);
  }
  return { level, objects, bytes, faults: joined(faults) };
}

/** By object and place; damage of a tensor that goes on from one stretch to the next is one fault. */
function joined(faults: readonly VerifyFault[]): VerifyFault[] {
  const sorted = faults.toSorted((a, b) =>
    (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) || (a.offset ?? -1) - (b.offset ?? -1)
  );
  const joined: VerifyFault[] = [];
  for (const fault of sorted) {
    const last = joined.at(-1);
    if (
      last?.offset !== undefined && last.length !== undefined && fault.length !== undefined &&
      last.key === fault.key && last.tensor === fault.tensor && last.detail === fault.detail &&
      last.offset + last.length === fault.offset
    ) joined[joined.length - 1] = { ...last, length: last.length + fault.length };
    else joined.push(fault);
  }
  return joined;
}
