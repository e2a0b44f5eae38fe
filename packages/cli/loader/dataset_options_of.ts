import type { Dataset, OpenDatasetOptions } from "@lade/loader";
import { UsageError } from "../command/usage_error.ts";
import { schemaOf } from "../formats/schema_of.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";

/** What the samples are, as a command line says it. */
export function datasetOptionsOf(
  { kind, fields, noIndex, schema }: Pick<LoaderCommandValues, "kind" | "fields" | "noIndex" | "schema">,
): Pick<OpenDatasetOptions, "kind" | "fields" | "index" | "schema"> {
  return {
    ...(kind && { kind }),
    ...(fields && { fields }),
    ...(noIndex && { index: false }),
    ...(schema !== undefined && { schema: schemaOf(schema) }),
  };
}

/** The steps that a loader is told: those of a stream. Of samples by number only `run` ends epochs early. */
export function stepsOf(
  dataset: Dataset<unknown>,
  { action, steps }: LoaderCommandValues,
): { readonly steps?: number } {
  if (steps === undefined) return {};
  if ("members" in dataset) {
    throw new UsageError(
      "--steps are not of several URIs of which some can only be gone through: --samples-per-epoch says how many they draw.",
    );
  }
  if (!("length" in dataset)) return { steps };
  if (action === "run") return {};
  throw new UsageError(
    `--steps are of lade loader run, not of ${action}, unless the samples can only be gone through.`,
  );
}
