import type { CallName, CopyOptions } from "@lade/core/backend";
import type { LocalSetup } from "../tree/local_setup.ts";

/** What a copy or a move is about. */
export interface CopyRequest {
  /** The store of the source. */
  readonly source: LocalSetup;
  /** Names the source. */
  readonly subject: CallName;
  /** Names the destination. */
  readonly target: CallName;
  readonly from: string;
  readonly to: string;
  readonly options: CopyOptions;
}
