import type { Content } from "../../parts/content.ts";
import type { ChecksumReader } from "../operations/checksums.ts";
import type { ObjectAttributes, StoredObject } from "./stored_object.ts";

/** A resumable upload of the JSON API. */
export interface Session {
  /** The `upload_id` of its URI. */
  readonly id: string;
  /** The bucket. */
  readonly bucket: string;
  /** The name of the object to be. */
  readonly name: string;
  /** What was said of the object. */
  readonly attributes: ObjectAttributes;
  /** The checksums that were said with its beginning, by algorithm. */
  readonly claimed: Readonly<Record<string, string>>;
  /** The preconditions, as they came in the query. */
  readonly query: ReadonlyMap<string, string>;
  /** Bytes in all, where the client has told. */
  size: number | undefined;
  /** What is stored, in order. */
  readonly pieces: Content[];
  /** Bytes stored. */
  stored: number;
  /** The checksums of what is stored. */
  readonly sums: ChecksumReader;
  /** The object, once it is finished. */
  finished?: StoredObject;
  /** The status that answers all further requests: 499 once it was cancelled, 404 or 410 once it has expired. */
  gone?: number;
}
