import type { FaultAction } from "./faults/fault_action.ts";

/** What a fake service remembers of one request. */
export interface RequestRecord {
  /** Its number, from 1, in the order in which heads arrived. */
  id: number;
  /** The number of the connection it came on, from 1. */
  connection: number;
  /** The method. */
  method: string;
  /** The path as sent, still percent-encoded. */
  path: string;
  /** The query, decoded. */
  query: Record<string, string>;
  /** The header fields by lower-case name. */
  headers: Record<string, string>;
  /** The operation in the service's words, or undefined when the request was not understood. */
  operation?: string;
  /** The key of the object, or an empty string. */
  key: string;
  /** The status answered; 0 until then, or when the connection was broken without an answer. */
  status: number;
  /** The error code answered. */
  errorCode?: string;
  /** Bytes of request body that were read before the answer. */
  bytesReceived: number;
  /** Bytes of response body that were written. */
  bytesSent: number;
  /** The faults that struck it. */
  faults: FaultAction["kind"][];
}

/** A request of which nothing is understood yet. */
export type UnreadRequest = Omit<RequestRecord, "operation">;
