import type { FaultReader, ServiceFault } from "../errors/mod.ts";

/** The form that the answers of a service have. */
export interface ServiceDialect<F extends ServiceFault = ServiceFault> {
  /** Reads the failures that it reports. */
  readonly faults: FaultReader<F>;
  /** What its documents are written in: `XML`. */
  readonly form: string;
  /** The name of the root of a document, by its start; `undefined` for what is none. */
  rootOf(start: string): string | undefined;
  /** Roots of the documents by which it reports failures. */
  readonly errorRoots: readonly string[];
  /** Headers, in lower case, of which the receipt of a write has one at least. */
  readonly receipts: readonly string[];
  /** Whether a body, by its start, is one that the service puts under the receipt of a write or removal. */
  isReceiptBody(start: string): boolean;
}
