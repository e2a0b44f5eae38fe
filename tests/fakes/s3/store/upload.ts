import type { Algorithm, Checksum, ChecksumType } from "../checksum/algorithm.ts";
import type { Content } from "../../parts/content.ts";
import type { ObjectAttributes } from "./stored_object.ts";

/** One part that was uploaded. */
export interface UploadedPart {
  /** The part's number. */
  number: number;
  /** Its bytes. */
  content: Content;
  /** Its ETag without quotes. */
  etag: string;
  /** When it came, milliseconds since the epoch. */
  lastModified: number;
  /** Its checksum, when one was sent or the upload has an algorithm. */
  checksum?: Checksum;
}

/** A multipart upload that is neither complete nor aborted. */
export interface Upload {
  /** The upload's id. */
  id: string;
  /** The key of the object to be. */
  key: string;
  /** The account that began it. */
  owner: string;
  /** When it was begun, milliseconds since the epoch. */
  initiatedAt: number;
  /** What the object will be said to be. */
  attributes: ObjectAttributes;
  /** The checksum algorithm, when one was named. */
  algorithm?: Algorithm;
  /** What its checksum will cover. */
  checksumType: ChecksumType;
  /** The parts by number. */
  parts: Map<number, UploadedPart>;
}
