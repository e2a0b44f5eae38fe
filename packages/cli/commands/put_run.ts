import { localPathOf, uriOfArgument } from "../places/place.ts";
import { splitPlaces } from "../places/split_places.ts";
import type { RunCommand } from "../program/command.ts";
import { UsageError } from "../program/usage_error.ts";
import { runTransfer } from "../transfer/run_transfer.ts";
import type { PutOptions } from "./put.ts";

/** Copies local files to the last place. */
export const runPut: RunCommand<PutOptions> = async (context, { places, ...options }) => {
  const { sources, destination } = splitPlaces(places);
  const foreign = sources.find((source) =>
    source !== "-" && localPathOf(uriOfArgument(source)) === undefined
  );
  if (foreign !== undefined) {
    throw new UsageError(`put takes local files: use cp to copy ${JSON.stringify(foreign)}.`);
  }
  await runTransfer(context, { sources, destination, options, move: false });
};
