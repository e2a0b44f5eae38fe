import {
  type AdaptiveLimit,
  type ObjectPart,
  type PartLimits,
  type PartOutcome,
  type PutOptions,
  type PutResult,
  QuotaExceededError,
  type WriteSink,
} from "@lade/core/backend";
import type { Bounds } from "@lade/core/bounds";
import { MultipartUpload } from "./multipart_upload.ts";
import type { SentPart } from "./sent_part.ts";
import type { UploadTarget } from "./upload_target.ts";
import { putObject } from "./put_object.ts";

/** Bytes of an object that is written while multipart is off, at most: it has to fit into one buffer. */
const MAX_SINGLE_BYTES = 2 ** 31;

/** What S3 takes as parts ("Amazon S3 multipart upload limits"); Amazon's own refuses smaller ones once all are there. */
function partLimits(isAmazon: boolean): PartLimits {
  return { minPartSize: isAmazon ? 5 * 2 ** 20 : 1, maxPartSize: 5 * 2 ** 30, maxParts: 10_000 };
}

/** Makes an object by one PUT up to the multipart threshold, else by a multipart upload. */
export class S3Sink implements WriteSink {
  readonly uri: string;
  readonly operation: string;
  readonly concurrency: number | AdaptiveLimit;
  readonly bounds: Bounds;
  readonly partLimits: PartLimits;
  readonly wholeUpTo: number;
  readonly bulk: WriteSink["bulk"];
  /** What the object is to have, and on which conditions. */
  protected readonly options: PutOptions;
  readonly #target: UploadTarget;
  readonly #withChecksum: boolean | undefined;
  /** By index. */
  readonly #sent: SentPart[] = [];
  #upload: MultipartUpload | undefined;

  /** Parts carry checksums unless `withChecksum` or what is known of the service says not. */
  constructor(
    target: UploadTarget,
    concurrency: number | AdaptiveLimit,
    options: PutOptions,
    withChecksum?: boolean,
  ) {
    const { config: { bounds, multipart }, endpoint, transport } = target.connection;
    this.uri = target.uri;
    this.operation = target.operation;
    this.concurrency = concurrency;
    this.bounds = bounds;
    this.partLimits = partLimits(endpoint.amazon);
    this.wholeUpTo = multipart.disabled ? MAX_SINGLE_BYTES : multipart.threshold;
    this.bulk = transport.bulk;
    this.#target = target;
    this.options = options;
    this.#withChecksum = withChecksum;
  }

  putWhole(bytes: Uint8Array, signal: AbortSignal): Promise<PutResult> {
    return putObject(this.#target, bytes, { ...this.options, signal });
  }

  async begin(signal: AbortSignal): Promise<void> {
    const { connection, operation, uri } = this.#target;
    if (connection.config.multipart.disabled) {
      const detail = "the object does not fit one request";
      throw new QuotaExceededError({ operation, uri, detail, advice: "leave multipart on" });
    }
    this.#upload = await MultipartUpload.create(this.#target, this.options, signal, this.#withChecksum);
  }

  async writePart(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<PartOutcome> {
    return await this.makePart(part, (upload) => upload.sendPart(part.index + 1, bytes, signal));
  }

  /** Takes a part that the upload gets in some other way. */
  async makePart<Made extends SentPart>(
    { index }: ObjectPart,
    make: (upload: MultipartUpload) => Promise<Made>,
  ): Promise<Made> {
    return this.#sent[index] = await make(this.upload);
  }

  commit(_size: number, signal: AbortSignal): Promise<PutResult> {
    return this.upload.complete(this.#sent, this.options, signal);
  }

  drop(signal: AbortSignal): Promise<void> {
    return this.upload.abort(signal);
  }

  /** Whether the upload has begun. */
  protected get hasBegun(): boolean {
    return this.#upload !== undefined;
  }

  /** Goes on with an upload that exists. */
  protected takeUp(upload: MultipartUpload): void {
    this.#upload = upload;
  }

  /** Takes a part that the service has. */
  protected takeUpPart(index: number, part: SentPart): void {
    this.#sent[index] = part;
  }

  /** The upload, once it has begun. */
  protected get upload(): MultipartUpload {
    if (!this.#upload) throw new TypeError("Cannot write a part: the upload has not begun");
    return this.#upload;
  }
}
