import type { Content } from "../../parts/content.ts";
import type { ObjectAttributes } from "./stored_object.ts";

/** A part that has arrived. */
export interface StoredPart {
  /** Its number, from 1. */
  readonly number: number;
  /** Its bytes. */
  readonly content: Content;
  /** The entity tag in quotes: its MD5 in hexadecimal digits. */
  readonly etag: string;
  /** CRC-32C in base64. */
  readonly crc32c: string;
  /** When it arrived, milliseconds since the epoch. */
  readonly lastModified: number;
}

/** A multipart upload of the XML API that is under way. */
export interface PartUpload {
  /** Its id. */
  readonly id: string;
  /** The name of the object to be. */
  readonly name: string;
  /** What was said of the object. */
  readonly attributes: ObjectAttributes;
  /** Its parts by number. */
  readonly parts: Map<number, StoredPart>;
  /** When it was begun, milliseconds since the epoch. */
  readonly initiated: number;
}
