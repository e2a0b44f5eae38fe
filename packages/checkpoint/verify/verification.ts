import type { Manifest, TensorTable } from "../manifest/manifest.ts";
import type { Series } from "../series/series.ts";
import type { VerifyFault } from "./verify_report.ts";

/** What is verified, and where what is found goes. */
export interface Verification extends Pick<Series, "store"> {
  readonly manifest: Manifest;
  readonly table: TensorTable;
  /** Keys of objects that are gone or of another size: nothing more is read of them. */
  readonly unreadable: ReadonlySet<string>;
  /** Takes a fault. */
  readonly onFault: (fault: VerifyFault) => void;
  /** Told of bytes that were read and compared. */
  readonly onBytes: (bytes: number) => void;
}
