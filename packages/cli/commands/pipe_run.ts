import type { RunCommand } from "../program/command.ts";
import { runTransfer } from "../transfer/run_transfer.ts";
import type { PipeOptions } from "./pipe.ts";

/** Copies standard input to an object. */
export const runPipe: RunCommand<PipeOptions> = async (context, { uri, ...options }) => {
  const single = { ...options, recursive: false, jobs: 1 };
  await runTransfer(context, { sources: ["-"], destination: uri, options: single, move: false });
};
