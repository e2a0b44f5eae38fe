import { NotFoundError, StoreError } from "@lade/core/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { commitKey, refName } from "../keys/series_keys.ts";
import type { Checkpoint } from "../load/checkpoint.ts";
import { findCommits, type FoundCommit } from "../series/find_commits.ts";
import type { Series } from "../series/series.ts";
import type { Checkpoints, OpenValidOptions, SkippedCheckpoint, ValidCheckpoint } from "./checkpoints.ts";

/** Opens the newest checkpoint that is sound, and says which it passed over; see {@linkcode Checkpoints.openLatestValid}. */
export async function openLatestValid(
  checkpoints: Pick<Checkpoints, "open">,
  series: Series,
  { level = "chunks", ...options }: OpenValidOptions,
): Promise<ValidCheckpoint> {
  const { signal } = options;
  const skipped: SkippedCheckpoint[] = [];
  for await (const found of findCommits(series, signal)) {
    const { generation, step } = found;
    const opened = await orSkipped(() => checkpoints.open({ generation, step }, options), found);
    if ("faults" in opened) {
      skipped.push(opened);
      continue;
    }
    const { checkpoint } = opened;
    try {
      const { faults } = await checkpoint.verify(level, signal ? { signal } : {});
      if (faults.length === 0) return { checkpoint, skipped };
      skipped.push({ generation, step, faults });
    } catch (error) {
      await checkpoint[Symbol.asyncDispose]();
      throw error;
    }
    await checkpoint[Symbol.asyncDispose]();
  }
  throw nothing(series, skipped);
}

/** One whose manifest or table is damaged, or that is removed meanwhile, is passed over. */
async function orSkipped(
  open: () => Promise<Checkpoint>,
  { generation, step, key }: FoundCommit,
): Promise<{ readonly checkpoint: Checkpoint } | SkippedCheckpoint> {
  try {
    return { checkpoint: await open() };
  } catch (error) {
    const isDamage = error instanceof NotFoundError ||
      (error instanceof StoreError && error.code === "invalid-format");
    if (!isDamage) throw error;
    return { generation, step, faults: [{ key, detail: error.detail }] };
  }
}

function nothing({ store }: Series, skipped: readonly SkippedCheckpoint[]): StoreError {
  const of = { operation: "open a checkpoint in", uri: store.uri };
  const [newest] = skipped;
  if (!newest) return new NotFoundError({ ...of, detail: "there is none" });
  const { key = commitKey(newest), detail = "" } = newest.faults[0] ?? {};
  const count = skipped.length === 1 ? "the only one is" : `all ${skipped.length} are`;
  return new InvalidCheckpointError({
    ...of,
    detail: `${count} damaged, such as ${refName(newest)}: ${key}: ${detail}`,
  });
}
