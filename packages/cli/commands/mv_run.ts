import { splitPlaces } from "../places/split_places.ts";
import type { RunCommand } from "../program/command.ts";
import { runTransfer } from "../transfer/run_transfer.ts";
import type { MvOptions } from "./mv.ts";

/** Moves all places but the last to the last. */
export const runMv: RunCommand<MvOptions> = async (context, { places, ...options }) => {
  await runTransfer(context, { ...splitPlaces(places), options, move: true });
};
