import type { S3Connection } from "../wire/s3_connection.ts";
import type { ControlPlane } from "../sdk/control_plane.ts";
import type { HeaderRecord } from "../headers/read_headers.ts";
import type { UploadChecksum } from "./upload_checksum.ts";

/** The object that a request makes. */
export interface PutTarget {
  /** Sends the request. */
  readonly connection: S3Connection;
  /** What is being done, for messages. */
  readonly operation: string;
  /** The object's URI, for messages. */
  readonly uri: string;
  /** The object's key. */
  readonly key: string;
}

/** The object that a `MultipartUpload` makes. */
export interface UploadTarget extends PutTarget {
  /** Makes the calls around the parts. */
  readonly control: ControlPlane;
  /** How it is encrypted; as the configuration says by default. */
  readonly encryption?: HeaderRecord | undefined;
}

/** How the service keeps checksums of an upload: of the full object, of each part, or not at all. */
export type UploadChecksumType = "FULL_OBJECT" | "COMPOSITE" | "none";

/** What is known of a multipart upload. */
export interface UploadState {
  /** The service's name of the upload. */
  readonly id: string;
  /** The checksum that goes with the parts; absent where the service has none. */
  readonly checksum: UploadChecksum | undefined;
  /** What the service makes of the checksums. */
  readonly checksumType: UploadChecksumType;
}
