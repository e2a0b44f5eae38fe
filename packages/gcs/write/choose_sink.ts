import { type KeyCall, putBySink, type WriteSink } from "@lade/core/backend";
import type { ServiceOperations, SinkOptions } from "@lade/service/store";
import type { GcsTarget } from "../client/gcs_target.ts";
import { headerAttributes } from "./header_attributes.ts";
import { partsOrSession } from "./parts_or_session.ts";
import { isPartsToken, partsSink, resumeParts } from "./parts_sink.ts";
import { abortParts, listUploads } from "./parts_upload.ts";
import { isSessionId } from "./resumable_session.ts";
import { abortSession, resumeSession, sessionSink } from "./session_sink.ts";

type Writes = Required<
  Pick<ServiceOperations<GcsTarget>, "sink" | "put" | "resume" | "listUploads" | "abortUpload">
>;

/** How objects are written: small ones in one request, large ones in parts or by resumable sessions. */
export const WRITES: Writes = {
  sink: chooseSink,
  put: (target, key, data, options, call) =>
    putBySink({
      sink: chooseSink(target, key, { ...options, size: data.length }, call, data),
      context: target.context,
      partSize: target.partSize,
      signal: options.signal,
    }, data),
  resume: (target, key, token, options, call) =>
    (isPartsToken(token) ? resumeParts : resumeSession)(target, key, token, options, call),
  // deno-lint-ignore require-await
  listUploads: async (...asked) => listUploads(...asked),
  abortUpload: (target, key, id, options, call) =>
    isSessionId(id)
      ? abortSession(target, key, id, call, options.signal)
      : abortParts(target, key, id, options, call),
};

/**
 * Where an object goes; `whole` is all of it, where that is in memory. Parts hold no condition, and what describes them is said
 * in headers: all else goes by a session, in order.
 */
function chooseSink(
  target: GcsTarget,
  key: string,
  options: SinkOptions,
  call: KeyCall,
  whole?: Uint8Array,
): WriteSink {
  const session = sessionSink(target, { key, call, options, whole });
  const { ifMatch, ifNoneMatch, resumable } = options;
  const isConditional = ifMatch !== undefined || ifNoneMatch !== undefined;
  const isSmall = whole !== undefined && whole.length <= target.config.threshold;
  if (isConditional || isSmall || target.traits.takesParts === false) return session;
  const headers = headerAttributes(options, target.config);
  if (!headers) return session;
  const parts = partsSink(target, { key, call, headers, options, resumable });
  return partsOrSession(target, { ...session, ...parts }, session);
}
