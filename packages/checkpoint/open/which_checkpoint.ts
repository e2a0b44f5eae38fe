import { optionWords } from "@lade/core/backend";
import type { NotFoundError } from "@lade/core/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { type CheckpointRef, checkRef, refName } from "../keys/series_keys.ts";
import type { WhichCheckpoint } from "./checkpoints.ts";

/** What is none is a `TypeError`, and no checkpoint that is missing: a training would begin anew. */
export function checkWhich(which: WhichCheckpoint): void {
  if (which === "resume" || which === "latest") return;
  if (typeof which !== "object" && typeof which !== "number") {
    throw new TypeError(
      `Cannot open checkpoint ${
        optionWords(which)
      }: it is "resume", "latest", a step, or { generation, step }`,
    );
  }
  checkRef("open a checkpoint", typeof which === "number" ? { generation: 0, step: which } : which);
}

/** That a run's checkpoint is gone is not that there was none, for which trainings begin anew. */
export function goneOnFrom(uri: string, ref: CheckpointRef, error: NotFoundError): InvalidCheckpointError {
  return new InvalidCheckpointError({
    operation: `go on from checkpoint ${refName(ref)} in`,
    uri,
    detail: error.detail,
    advice: "begin another run, by another name: it goes on from the newest checkpoint",
    cause: error,
  });
}
