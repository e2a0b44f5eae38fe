import { splitPlaces } from "../places/split_places.ts";
import type { RunCommand } from "../program/command.ts";
import { runTransfer } from "../transfer/run_transfer.ts";
import type { CpOptions } from "./cp.ts";

/** Copies all places but the last to the last. */
export const runCp: RunCommand<CpOptions> = async (context, { places, ...options }) => {
  await runTransfer(context, { ...splitPlaces(places), options, move: false });
};
