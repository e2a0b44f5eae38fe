import {
  NotFoundError,
  type Preconditions,
  type PutOptions,
  type PutResult,
  reportLeftover,
  ServiceError,
  type StoreError,
  UnavailableError,
  UnsupportedError,
  withTimeout,
} from "@lade/core/backend";
import { partChecksums } from "@lade/service/http";
import type { S3Checksum } from "../config/s3_options.ts";
import { withHeaders } from "../sdk/with_headers.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { objectHeaders } from "../headers/read_headers.ts";
import { isRefusedHeader, withExtra } from "../wire/plainer_way.ts";
import { requireConditions, settleWrite } from "../conditions/rely_on.ts";
import { encryptionFault } from "./confirm_encryption.ts";
import { completeUpload } from "./complete_upload.ts";
import { attributeHeaders } from "./write_headers.ts";
import { sendBody } from "./send_body.ts";
import type { SentPart } from "./sent_part.ts";
import { type UploadChecksum, uploadChecksum } from "./upload_checksum.ts";
import type { UploadChecksumType, UploadState, UploadTarget } from "./upload_target.ts";

const ABORT_MS = 20_000;

/** A multipart upload in progress. */
export class MultipartUpload implements UploadState {
  /** The service's name of the upload. */
  readonly id: string;
  /** The checksum that goes with the parts; absent where the service has none. */
  readonly checksum: UploadChecksum | undefined;
  /** What the service makes of the checksums. */
  readonly checksumType: UploadChecksumType;
  readonly #target: UploadTarget;

  /** Takes up an upload that exists. */
  constructor(
    target: UploadTarget,
    id: string,
    checksum: UploadChecksum | undefined,
    checksumType: UploadChecksumType,
  ) {
    this.#target = target;
    this.id = id;
    this.checksum = checksum;
    this.checksumType = checksumType;
  }

  /** Starts an upload. A lost answer leaves one without parts behind, for `sweepUploads` to find. */
  static async create(
    target: UploadTarget,
    options: PutOptions,
    signal: AbortSignal | undefined,
    withChecksum: boolean = !target.connection.traits.lacks("part-checksum"),
  ): Promise<MultipartUpload> {
    const { connection, control, key } = target;
    const { checksum } = connection.config;
    const possible = withChecksum ? uploadChecksum(checksum) : undefined;
    const call = callOf(target, options);
    await requireConditions(connection, "complete", options, { call, key, signal });
    const start = (wanted: UploadChecksum | undefined) =>
      control.run(call, { signal, idempotent: true }, (sdk, client, send) =>
        client.send(
          withHeaders(
            new sdk.CreateMultipartUploadCommand({
              Bucket: connection.bucket,
              Key: key,
              ...(wanted ? { ChecksumAlgorithm: wanted.algorithm, ChecksumType: "FULL_OBJECT" } : {}),
            }),
            attributeHeaders(connection.config, options, target.encryption),
          ),
          send,
        ));
    const isRefusal = (error: unknown) =>
      possible !== undefined && checksum === "auto" && isRefusedHeader(error);
    const answer = await withExtra(
      connection,
      "upload-checksum",
      isRefusal,
      (extra) => start(extra ? possible : undefined),
    );
    const id = answer.UploadId;
    if (!id) {
      throw new ServiceError({
        operation: call.operation,
        uri: call.uri,
        detail: "the service gave the upload no id",
      });
    }
    const kept = possible !== undefined && answer.ChecksumAlgorithm === possible.algorithm;
    const upload = new MultipartUpload(
      target,
      id,
      kept ? possible : undefined,
      !kept ? "none" : answer.ChecksumType === "FULL_OBJECT" ? "FULL_OBJECT" : "COMPOSITE",
    );
    const told = { sse: answer.ServerSideEncryption, customer: answer.SSECustomerAlgorithm };
    const failure = encryptionFault(connection.config, call, told, "nothing was written") ??
      checksumFault(connection.config.checksum, kept, call);
    if (!failure) return upload;
    throw await upload.abort().then(() => failure, (leftover) => reportLeftover(failure, leftover));
  }

  /** Sends a part. `bytes` is in use until this settles. */
  async sendPart(
    number: number,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<SentPart & { throttled: boolean }> {
    const { connection, key } = this.#target;
    const value = await this.#checksumOf(bytes);
    const call = callOf(this.#target, {});
    const { response, carried } = await sendBody(
      connection,
      {
        key,
        query: { partNumber: String(number), uploadId: this.id },
        headers: objectHeaders(connection.config),
        signal,
        call,
      },
      { bytes, checksum: this.checksum, value },
    );
    const etag = response.headers.get("etag");
    if (!etag) {
      throw new ServiceError({
        operation: call.operation,
        uri: call.uri,
        detail: "the service gave a part no etag",
      });
    }
    const { throttled } = response;
    return { number, size: bytes.length, etag, checksum: carried ? value : undefined, throttled };
  }

  async #checksumOf(bytes: Uint8Array): Promise<bigint | undefined> {
    if (!this.checksum) return undefined;
    const { fromBase64, label } = this.checksum;
    const { bulk } = this.#target.connection.transport;
    return fromBase64((await partChecksums(bytes, [label], bulk))[label]);
  }

  /** Makes the object of the parts, given in ascending order. */
  async complete(
    parts: readonly SentPart[],
    options: PutOptions,
    signal: AbortSignal | undefined,
  ): Promise<PutResult> {
    const { connection, key } = this.#target;
    const target = { call: callOf(this.#target, options), key, signal };
    return await this.completeAs(parts, await settleWrite(connection, "complete", options, target), signal);
  }

  /** Makes the object of the parts, with conditions that are sent whatever the service makes of them. */
  async completeAs(
    parts: readonly SentPart[],
    conditions: Pick<Preconditions, "ifMatch" | "ifNoneMatch">,
    signal: AbortSignal | undefined,
  ): Promise<PutResult> {
    return await completeUpload(
      this.#target,
      this,
      parts,
      conditions,
      callOf(this.#target, conditions),
      signal,
    );
  }

  /**
   * Throws the upload and its parts away, until the signal ends it, or in twenty seconds at most. One that is gone already
   * is no error.
   */
  async abort(signal?: AbortSignal): Promise<void> {
    const { connection, control, key, uri } = this.#target;
    if (!signal) return await withTimeout(connection.clock, ABORT_MS, (late) => this.abort(late));
    const call = { operation: "abort the upload of", uri, permission: "s3:AbortMultipartUpload" };
    try {
      await control.run(call, { signal, idempotent: true }, (sdk, client, send) =>
        client.send(
          new sdk.AbortMultipartUploadCommand({
            Bucket: connection.bucket,
            Key: key,
            UploadId: this.id,
            ...(connection.config.requestPayer ? { RequestPayer: "requester" } : {}),
          }),
          send,
        ));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw this.#leftBehind(error);
    }
  }

  #leftBehind(error: unknown): StoreError {
    const words = error instanceof Error ? error.message : String(error);
    return new UnavailableError({
      operation: "abort the upload of",
      uri: this.#target.uri,
      detail: `upload ${this.id} stays behind (${words})`,
      advice: "remove the upload by sweepUploads",
      cause: error,
    });
  }
}

/** The error of a service that does not keep the checksum that was asked for. */
function checksumFault(
  checksum: S3Checksum,
  kept: boolean,
  { operation, uri }: FailedCall,
): UnsupportedError | undefined {
  if (kept || checksum === "auto" || checksum === "none") return undefined;
  return new UnsupportedError({
    operation,
    uri,
    detail: `the service keeps no ${uploadChecksum(checksum)?.algorithm} of an object made of parts`,
    advice: 'use checksum "auto" to do without where a service cannot',
  });
}

function callOf({ operation, uri }: UploadTarget, options: PutOptions): FailedCall {
  return {
    operation,
    uri,
    permission: "s3:PutObject",
    createOnly: options.ifNoneMatch !== undefined,
    ifMatch: options.ifMatch !== undefined,
  };
}
