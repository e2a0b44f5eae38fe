import type { CompletedPart } from "@aws-sdk/client-s3";
import type { UploadChecksum } from "./upload_checksum.ts";

/** A part that the service has. */
export interface SentPart {
  /** Number, from 1 to 10,000. */
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  /** The service's tag of the part. */
  readonly etag: string;
  /** The checksum of the part, where the upload has one. */
  readonly checksum: bigint | undefined;
}

/** A part as the SDK has it. */
export function completedPart(part: SentPart, checksum: UploadChecksum | undefined): CompletedPart {
  return {
    PartNumber: part.number,
    ETag: part.etag,
    ...(checksum && part.checksum !== undefined
      ? { [checksum.member]: checksum.toBase64(part.checksum) }
      : {}),
  };
}
