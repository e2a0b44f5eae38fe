import { combineCrc32c, crc32cFromBase64, crc32cToBase64 } from "@lade/codec/checksum";
import {
  type CallOptions,
  checkCall,
  checkWriteCall,
  type KeyCall,
  type ObjectAttributes,
  type ObjectInfo,
  type ObjectStore,
  placeBelow,
  PreconditionFailedError,
  type Preconditions,
  type PutResult,
  reportLeftover,
  tellLeftover,
  UnsupportedError,
} from "@lade/core/backend";
import { inParallel } from "@lade/core/concurrency";
import { faultOf } from "@lade/service/errors";
import { askJson, jsonBody } from "../client/ask_json.ts";
import { generationQuery } from "../client/gcs_conditions.ts";
import { type GcsTarget, jsonPath, kmsQuery } from "../client/gcs_target.ts";
import { deleteObject } from "../delete/delete_object.ts";
import { describeObject, headObject } from "../objects/read_object.ts";
import { type ObjectResource, receiptOf, resourceOf } from "../objects/resource.ts";
import { sendHeld } from "@lade/service/copy";
import { checkWritten } from "../write/check_written.ts";
import { GcsStore } from "./gcs_store.ts";

/** Sources of one step at most ("Objects: compose"). */
const MAX_SOURCES = 32;
const REQUESTS_IN_FLIGHT = 16;

/** An object to compose, in the version that it is to have; as it is now by default. */
export interface ComposeSource {
  /** Its key. */
  readonly key: string;
  /** Its version. */
  readonly version?: string;
}

/** Options of {@linkcode compose}: conditions on what is at the target, and the attributes of what is made. */
export interface ComposeOptions
  extends
    CallOptions,
    Pick<Preconditions, "ifMatch" | "ifNoneMatch">,
    Omit<ObjectAttributes, "storageClass" | "tags" | "expires"> {}

/** A source, or what steps before have made of some. */
type Piece = Pick<ObjectInfo, "key" | "size" | "etag" | "checksums" | "storageClass" | "contentType">;

/**
 * Makes one object of others of a bucket, one behind the other, without moving their bytes through this process: in the
 * versions that are seen first, 32 a step; what the steps between make is removed again. The sources stay. They have one
 * storage class, which is that of the result; its media type is that of the first source by default. The result has a CRC-32C,
 * which is compared with those of the sources, and no MD5.
 *
 * A source that changes or goes meanwhile is a `PreconditionFailedError`, and so is another object at the target where that
 * is one of the sources; a store of something else, or sources of several
 * classes, an `UnsupportedError`.
 *
 * ```ts
 * import { compose, openGcsStore } from "@lade/gcs";
 *
 * await using store = await openGcsStore("logs");
 * await compose(store, ["2026-11-28.log", "2026-11-29.log"], "2026-11.log", { ifNoneMatch: "*" });
 * ```
 */
export async function compose(
  store: ObjectStore,
  sources: readonly (string | ComposeSource)[],
  to: string,
  options: ComposeOptions = {},
): Promise<PutResult> {
  const { store: below, key } = placeBelow(store, to);
  const call = { ...checkWriteCall(below, "compose", key, options), key };
  if (!(below instanceof GcsStore)) {
    throw new UnsupportedError({ ...call, detail: "it is in no bucket of gs://" });
  }
  if (sources.length === 0) {
    throw new TypeError(`Cannot compose ${JSON.stringify(call.uri)}: there are no sources`);
  }
  const { target } = below;
  const { signal } = options;
  const pieces: Piece[] = [];
  await inParallel(sources.entries(), REQUESTS_IN_FLIGHT, async ([at, source], signal) => {
    const { key, ...version } = typeof source === "string" ? { key: source } : source;
    const place = placeBelow(store, key);
    if (place.store !== below) {
      throw new UnsupportedError({ ...call, detail: "a source is in another bucket" });
    }
    const asked = { ...version, signal };
    pieces[at] = await headObject(target, place.key, asked, checkCall(below, "compose", place.key, asked));
  }, signal);
  if (new Set(pieces.map(({ storageClass }) => storageClass)).size > 1) {
    const advice = "copy them to one class first";
    throw new UnsupportedError({ ...call, detail: "the sources have several storage classes", advice });
  }
  const made = new Map<string, string | undefined>();
  const { contentType } = pieces[0] ?? {};
  // What is added to is the object that was seen: sent twice, a request would not find it.
  const isAdded = (source: string | ComposeSource) =>
    typeof source === "string" ? source === to : source.key === to && source.version === undefined;
  const ifMatch = pieces[sources.findIndex(isAdded)]?.etag;
  const given = {
    ...(contentType && { contentType }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...options,
  };
  const composed = await shorten(target, pieces, call, made, signal)
    .then((last) => join(target, key, last, given, call))
    .catch(async (error) => {
      throw await removeAll(target, made, call).then(() => error, (left) => reportLeftover(error, left));
    });
  await removeAll(target, made, call);
  return composed;
}

/** Makes pieces fewer, until they are those of one step; keys and versions of what it makes are added to `made`. */
async function shorten(
  target: GcsTarget,
  pieces: readonly Piece[],
  call: KeyCall & { readonly key: string },
  made: Map<string, string | undefined>,
  signal: AbortSignal | undefined,
): Promise<readonly Piece[]> {
  if (pieces.length <= MAX_SOURCES) return pieces;
  const name = `.lade-compose-${crypto.randomUUID()}`;
  // Beside the target, where that is no longer than keys are.
  const beside = call.key.slice(0, call.key.lastIndexOf("/") + 1) + name;
  const begin = target.keyFault(`${beside}-0000000`) === undefined ? beside : name;
  const fewer: Piece[] = [];
  const steps = Array.from({ length: Math.ceil(pieces.length / MAX_SOURCES) }).keys();
  await inParallel(steps, REQUESTS_IN_FLIGHT, async (at, signal) => {
    const group = pieces.slice(at * MAX_SOURCES, (at + 1) * MAX_SOURCES);
    const key = `${begin}-${at}`;
    const [only] = group;
    if (only && group.length === 1) fewer[at] = only;
    else {
      made.set(key, undefined);
      const { version, ...joined } = await join(target, key, group, { ifNoneMatch: "*", signal }, call);
      made.set(key, version);
      fewer[at] = { ...only, key, ...joined };
    }
  }, signal);
  return await shorten(target, fewer, call, made, signal);
}

/** One step. */
async function join(
  target: GcsTarget,
  key: string,
  pieces: readonly Piece[],
  { signal, ifMatch, ifNoneMatch, ...attributes }: ComposeOptions,
  call: KeyCall & { readonly key: string },
): Promise<PutResult> {
  const conditions = {
    ...(ifMatch !== undefined && { ifMatch }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch }),
  };
  const isHeld = Object.keys(conditions).length > 0;
  // Nobody else has the key of what is made on the way.
  const isOwn = key !== call.key;
  // Where it replaces what it was made of, at once or by steps between, a source is in it that is nowhere else any more.
  const isAddedTo = ifMatch !== undefined || pieces.some((piece) => piece.key === key);
  const written = {
    size: pieces.reduce((sum, { size }) => sum + size, 0),
    sum: sumOf(pieces),
    ...(!isAddedTo && { begunMs: target.context.clock.now() }),
  };
  const sourceObjects = pieces.map(({ key: name, etag }) => ({ name, generation: etag }));
  const send = async () => {
    const resource = await askJson<ObjectResource>(target, {
      method: "POST",
      path: `${jsonPath(target, key)}/compose`,
      document: "storage#object",
      query: { ...generationQuery(conditions), ...kmsQuery(target) },
      ...jsonBody({ sourceObjects, destination: resourceOf(attributes, {}) }),
      // Sent twice, a conditional request meets what the first one made.
      idempotent: !isHeld || isOwn,
      ...(isHeld && !isOwn && { retryable: () => false }),
      firstByteTimeoutMs: target.config.bounds.slowAnswerTimeoutMs,
      signal,
      call,
    });
    return receiptOf(resource, call, key);
  };
  const there = () => describeObject(target, key, signal ? { signal } : {}, call);
  const found = async (error: unknown) => {
    if (faultOf(error)?.status !== 412) throw error;
    return receiptOf((await there()).resource, call, key);
  };
  try {
    const { size, sum: crc32c = "" } = written;
    const { clock } = target.context;
    const head = async () => (await there()).info;
    const held = { ...conditions, made: { size, checksums: { crc32c } }, head, clock, signal };
    const receipt = await (isOwn ? send().catch(found) : isHeld ? sendHeld(held, send) : send());
    return await checkWritten(target, key, receipt, written, call);
  } catch (error) {
    const fault = faultOf(error);
    if (fault?.status !== 404) throw error;
    const detail = `a source changed or was removed meanwhile: ${fault.message}`;
    throw new PreconditionFailedError({ ...call, detail, cause: error });
  }
}

/** The CRC-32C of pieces in a row, where that of each is known. */
function sumOf(pieces: readonly Piece[]): string | undefined {
  let whole = 0;
  for (const { checksums, size } of pieces) {
    if (checksums?.crc32c === undefined) return undefined;
    whole = combineCrc32c(whole, crc32cFromBase64(checksums.crc32c), size);
  }
  return crc32cToBase64(whole);
}

/** Removes what steps have made that is not to stay. */
async function removeAll(
  target: GcsTarget,
  made: Map<string, string | undefined>,
  call: KeyCall,
): Promise<void> {
  await inParallel(made, REQUESTS_IN_FLIGHT, async ([key, version]) => {
    await deleteObject(target, key, version === undefined ? {} : { version }, call).catch((error) => {
      throw tellLeftover(error, `what was composed on the way (${JSON.stringify(key)})`);
    });
  });
}
