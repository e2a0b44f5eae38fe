import { putBySink } from "@lade/core/backend";
import type { KeyCall, WriteSink } from "@lade/core/backend";
import type { ServiceOperations, SinkOptions } from "@lade/service/store";
import type { GcsTarget } from "../client/gcs_target.ts";
import { abortSession, resumeSession, sessionSink } from "./session_sink.ts";

type Writes = Required<Pick<ServiceOperations<GcsTarget>, "sink" | "put" | "resume" | "abortUpload">>;

/** How objects are written: by resumable sessions. */
export const WRITES: Writes = {
  sink: chooseSink,
  put: (target, key, data, options, call) =>
    putBySink({
      sink: chooseSink(target, key, { ...options, size: data.length }, call, data),
      context: target.context,
      partSize: target.partSize,
      signal: options.signal,
    }, data),
  resume: resumeSession,
  abortUpload: (target, key, id, { signal }, call) => abortSession(target, key, id, call, signal),
};

/** Where an object goes; `whole` is all of it, where that is in memory. */
function chooseSink(
  target: GcsTarget,
  key: string,
  options: SinkOptions,
  call: KeyCall,
  whole?: Uint8Array,
): WriteSink {
  return sessionSink(target, { key, call, options, whole });
}
