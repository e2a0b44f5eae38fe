import type { LoaderOptions, World } from "@lade/loader";
import { UsageError } from "../command/usage_error.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";
import { moduleOf } from "./module_of.ts";

/** The options of a loader that a command line says. */
export async function loaderOptionsOf(given: LoaderCommandValues): Promise<LoaderOptions<unknown>> {
  const { batchSize, globalBatchSize, samplesPerEpoch, seed, remainder, shuffle, block, window, lanes } =
    given;
  const shape = {
    ...(block !== undefined && { block }),
    ...(window !== undefined && { window }),
    ...(lanes !== undefined && { lanes }),
  };
  if (shuffle !== "block" && Object.keys(shape).length > 0) {
    throw new UsageError("--block, --window and --lanes are of --shuffle block.");
  }
  const orders = { none: false, full: "full", block: shape, auto: true } as const;
  const world = await worldOf(given.rank);
  if (batchSize !== undefined && globalBatchSize !== undefined) {
    throw new UsageError("Give --batch-size or --global-batch-size: one of them says the other.");
  }
  const { size = 1 } = world ?? {};
  if (globalBatchSize !== undefined && globalBatchSize % size !== 0) {
    throw new UsageError(`--global-batch-size: ${globalBatchSize} is no multiple of the ${size} ranks.`);
  }
  const { workers, onError, maxSkipped, maxBytes } = given;
  const pool = { ...(workers !== undefined && { workers }), ...(maxBytes !== undefined && { maxBytes }) };
  const transform = given.transform === undefined
    ? undefined
    : await moduleOf("--transform", given.transform);
  const collate = given.collate === undefined ? undefined : await moduleOf("--collate", given.collate);
  return {
    ...(transform && { transform }),
    ...(collate && { collate }),
    ...(Object.keys(pool).length > 0 && { pool }),
    ...(onError && { onError }),
    ...(given.allowEmpty && { allowEmpty: true }),
    ...(maxSkipped !== undefined && { maxSkipped }),
    ...(shuffle !== undefined && { shuffle: orders[shuffle] }),
    ...(batchSize !== undefined && { batchSize }),
    ...(globalBatchSize !== undefined && { globalBatchSize }),
    ...(samplesPerEpoch !== undefined && { samplesPerEpoch }),
    ...(seed !== undefined && { seed }),
    ...(remainder !== undefined && { remainder }),
    ...(world && { world }),
  };
}

async function worldOf(text: string | undefined): Promise<World | undefined> {
  if (text === undefined) return undefined;
  const [, rank, size] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (rank !== undefined && Number(rank) < Number(size)) return { rank: Number(rank), size: Number(size) };
  if (!/^[a-z-]+$/.test(text)) {
    throw new UsageError(
      `--rank: ${JSON.stringify(text)} is no rank: it is R/N with R from 0 to N - 1, auto, or a launcher.`,
    );
  }
  const { worldFromEnvironment } = await import("@lade/loader");
  try {
    const { rank, size } = worldFromEnvironment(undefined, { launcher: text });
    return { rank, size };
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`--rank: ${error.message}.`);
    throw error;
  }
}
