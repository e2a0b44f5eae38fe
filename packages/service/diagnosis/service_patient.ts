import type { Check, ObjectMeta, PutResult } from "@lade/core/backend";
import type { ServiceFault } from "../errors/service_fault.ts";
import type { AnswerLog } from "./answer_log.ts";
import type { Patient } from "./patient.ts";
import type { TemporaryObjects } from "./temporary_objects.ts";

/** A container of a service, or a prefix in it, that is examined. */
export interface ServicePatient extends Patient {
  /** The answers to all requests so far. */
  readonly answers: AnswerLog;
  /** What the service calls a container: `bucket`. */
  readonly container: string;
  /** How far the clock may be off before requests are refused, in milliseconds; absent where it does not matter. */
  readonly maxSkewMs?: number;
  /** Whether large objects are written in parts. */
  readonly inParts: boolean;
  /** Says who asks; rejects where no credentials are to be had. */
  credentials(): Promise<Check>;
  /** Says how it is configured, and what requests have shown of that since: a region, an endpoint, other settings. */
  configuration(): Promise<readonly Check[]>;
  /** Reads a page of the listing of the prefix. */
  listPage(signal: AbortSignal): Promise<readonly ObjectMeta[]>;
  /** The check that a fault of the first request belongs to, where it is one of the service's own: `region`. */
  blame(fault: ServiceFault): string | undefined;
  /** What the answer to a write shows beyond its success. */
  tellWritten?(result: PutResult): string;
  /** Further checks, made where objects may be written and removed. */
  whileWritable?(temporary: TemporaryObjects): AsyncIterable<Check>;
  /** Checks of what was found out about the service along the way. */
  traits?(): Iterable<Check>;
}
