import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import {
  foreignToken,
  formatToken,
  type KeyCall,
  NotFoundError,
  type ResumeOptions,
  type WriteSink,
  type WriteToken,
} from "@lade/core/backend";
import { type ResumedSink, type SinkOptions, writeLimit } from "@lade/service/store";
import type { GcsTarget } from "../client/gcs_target.ts";
import { type ObjectResource, receiptOf, resourceOf } from "../objects/resource.ts";
import { checkWritten } from "./check_written.ts";
import { insertObject } from "./insert_object.ts";
import { chunkUnit, endedEarly, isGone, isSessionOf, ResumableSession } from "./resumable_session.ts";

/** An object that is written by a resumable session. */
export interface SessionWriting {
  /** The object's key. */
  readonly key: string;
  /** What is being done. */
  readonly call: KeyCall;
  /** Attributes, conditions, and how large the object is to be, where that is known. */
  readonly options: SinkOptions;
  /** All of the object, where it is in memory: then nothing is lost with a session. */
  readonly whole?: Uint8Array | undefined;
  /** The session, where an earlier writer began it. */
  readonly begun?: ResumableSession | undefined;
}

/**
 * Where an object goes in order: small ones in one request, others by a resumable session, in chunks of the configured size.
 * It holds less than a chunk: what makes no whole unit, or is the end of an object of known size, is sent by the commit,
 * so that nothing is seen before it.
 */
export function sessionSink(target: GcsTarget, writing: SessionWriting): WriteSink {
  const { key, call, options, whole, begun } = writing;
  const { size, partSize, resumable = false } = options;
  const { config: { bounds, chunkSize, threshold } } = target;
  const resource: ObjectResource = resourceOf(options, target.config);
  const unit = chunkUnit(target);
  const session = begun ??
    new ResumableSession(target, { key, call, resource, conditions: options, size, renewable: !resumable });
  const begunMs = target.context.clock.now();
  let rest = new Uint8Array();
  let [sum, summed] = [0, 0];

  return {
    ...call,
    ordered: true,
    concurrency: writeLimit(target, options.concurrency),
    bounds,
    partLimits: {
      maxPartSize: 5 * 2 ** 30,
      maxParts: Infinity,
      multipleOf: unit,
      ...(partSize === undefined && { minPartSize: chunkSize }),
    },
    wholeUpTo: resumable ? -1 : threshold,
    putWhole: (bytes, signal) => insertObject(target, key, bytes, resource, options, { call, signal }),
    begin: (signal) => begun ? Promise.resolve() : session.begin(signal),
    async writePart({ offset, length }, bytes, signal) {
      const end = offset + length;
      // A part may come again.
      if (summed === offset) [sum, summed] = [crc32c(bytes, sum), end];
      const kept = length % unit || (end === size ? unit : 0);
      rest = bytes.slice(length - kept);
      if (!whole) return await session.send(offset, bytes.subarray(0, length - kept), signal);
      // The last part goes with the commit.
      return end === size ? {} : await session.send(0, whole.subarray(0, end - kept), signal);
    },
    async commit(total, signal) {
      const written = { size: total, sum: summed === total ? crc32cToBase64(sum) : undefined, begunMs };
      const made = whole
        ? await session.finish(0, whole, written, signal)
        : await session.finish(total - rest.length, rest, written, signal);
      return await checkWritten(target, key, receiptOf(made, call, key), written, call);
    },
    drop: (signal) => session.cancel(signal),
    ...(resumable && {
      token: (size, partSize) =>
        formatToken({ uri: call.uri, id: session.id, size, partSize, options, own: {} }),
      leave: () => Promise.resolve(),
    }),
  };
}

/** What goes on with a session by its token: from the byte that the service has. */
export async function resumeSession(
  target: GcsTarget,
  key: string,
  token: WriteToken,
  { concurrency, signal }: ResumeOptions,
  call: KeyCall,
): Promise<ResumedSink> {
  const { id, size, partSize } = token;
  if (!isSessionOf(target, key, id)) throw foreignToken(call);
  const options: SinkOptions = {
    ...{ ...token.options, size, partSize, resumable: true },
    ...(concurrency !== undefined && { concurrency }),
  };
  const written = { ...call, operation: "write", createOnly: options.ifNoneMatch === "*" };
  const object = { key, call: written, resource: {}, conditions: options, size, renewable: false };
  const session = new ResumableSession(target, object, id);
  const made = await session.ask(signal).catch((error) => {
    if (!isGone(error)) throw error;
    return { size: String(size) };
  });
  if (made && Number(made.size) !== size) throw endedEarly(made, call);
  if (made) {
    throw new NotFoundError({
      operation: call.operation,
      uri: call.uri,
      detail: "the upload is closed or aborted, or has expired",
    });
  }
  if (session.stored > size) throw foreignToken(call);
  const parts = session.stored === size ? Math.ceil(size / partSize) : Math.floor(session.stored / partSize);
  const sink = sessionSink(target, { key, call: written, options, begun: session });
  return { sink, written: Array.from({ length: parts }, (_, index) => index) };
}

/** Ends a session by the name that its token has for it; one that is gone is no error. */
export async function abortSession(
  target: GcsTarget,
  key: string,
  id: string,
  call: KeyCall,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!isSessionOf(target, key, id)) throw foreignToken(call);
  const object = { key, call, resource: {}, conditions: {}, renewable: false };
  await new ResumableSession(target, object, id).cancel(signal);
}
