import type { CopyOptions } from "@lade/core/backend";
import type { Subject } from "../files/file_error.ts";
import type { LocalSetup } from "../tree/local_setup.ts";

/** What a copy or a move is about. */
export interface CopyRequest {
  /** The store of the source. */
  readonly source: LocalSetup;
  /** Names the source. */
  readonly subject: Subject;
  /** Names the destination. */
  readonly target: Subject;
  readonly from: string;
  readonly to: string;
  readonly options: CopyOptions;
}
