import { PreconditionFailedError } from "@lade/core/errors";
import type { LaneFailure } from "./lane_messages.ts";
import { TransportError } from "./transport_error.ts";
import type { TransportRequest } from "./transport.ts";

/** Puts an error into a form that can be sent to another isolate. */
export function packFailure(error: unknown): LaneFailure {
  if (error instanceof TransportError) {
    const { cause, detail, endpoint, kind, remoteAddress, retryable, sent, waitedMs } = error;
    const below = cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
    const how = { kind, detail, endpoint, remoteAddress, retryable, sent, waitedMs };
    return { type: "transport", ...how, cause: below };
  }
  if (error instanceof PreconditionFailedError) {
    const { detail, operation, uri } = error;
    return { type: "replaced", operation, uri, detail };
  }
  if (!(error instanceof Error)) {
    return { type: "other", name: "Error", message: String(error), code: undefined };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { type: "other", name: error.name, message: error.message, code };
}

/**
 * The error that was packed, as if it had happened here: of the same class where that is one of the transport's or of
 * Deno's. `reason` stands for what a signal ended.
 */
export function unpackFailure(failure: LaneFailure, request: TransportRequest, reason: unknown): unknown {
  if (failure.type === "aborted") return reason;
  if (failure.type === "transport") {
    const { cause, type: _, ...options } = failure;
    const { label, method } = request;
    return new TransportError({
      ...options,
      method,
      label,
      ...(cause !== undefined && { cause: new Error(cause) }),
    });
  }
  if (failure.type === "replaced") return new PreconditionFailedError(failure);
  const { code, message, name } = failure;
  const known = Object.entries(Deno.errors).find(([known]) => known === name)?.[1] ?? BUILT_IN.get(name) ??
    Error;
  const error = new known(message);
  if (error.name !== name) error.name = name;
  return code === undefined ? error : Object.assign(error, { code });
}

const BUILT_IN: ReadonlyMap<string, ErrorConstructor> = new Map([
  ["RangeError", RangeError],
  ["TypeError", TypeError],
]);
