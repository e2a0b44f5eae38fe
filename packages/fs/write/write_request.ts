import type { CallName, PartWriterOptions } from "@lade/core/backend";

/** What a write is about. */
export interface WriteRequest {
  readonly subject: CallName;
  readonly path: string;
  readonly options: PartWriterOptions;
}
