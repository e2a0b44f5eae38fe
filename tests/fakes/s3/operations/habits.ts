import { S3Error } from "../s3_error.ts";
import type { Call } from "./call.ts";

/** How services that others wrote differ from Amazon's. */
export interface Habits {
  /** Header fields that are passed over, as `PutObject if-match`. */
  ignored: readonly string[];
  /** Header fields for which a request is refused with 501, as `DeleteObject if-match`; `*` stands for any operation. */
  refused: readonly string[];
  /** Operations that are not implemented. */
  missing: readonly string[];
  /** Whether `If-Match` is compared as it stands, so that quotes are part of it. */
  rawIfMatch: boolean;
  /** Whether requests for a version are taken for requests for the object. */
  ignoresVersions: boolean;
  /** Whether reads do not find the version `null`, which listings show of objects without versions. */
  hidesNullVersion: boolean;
  /** What becomes of parts with a checksum: kept; refused with 400; so that of them all; or never completed. */
  partChecksums: "kept" | "refused" | "refused as one" | "breaking";
  /** Whether keys are paths of files: empty segments are nothing, and a file is copied onto itself. */
  foldsKeys: boolean;
  /** Whether the deletion of what is not there is done, whatever its condition. */
  deletesNothing: boolean;
  /** Whether many keys are deleted only with `Content-MD5`. */
  wantsContentMd5: boolean;
}

/** Amazon's. */
export const NO_HABITS: Habits = {
  ignored: [],
  refused: [],
  missing: [],
  rawIfMatch: false,
  ignoresVersions: false,
  hidesNullVersion: false,
  partChecksums: "kept",
  foldsKeys: false,
  deletesNothing: false,
  wantsContentMd5: false,
};

const PART_CHECKSUM = /^x-amz-checksum-(?!type)/;

/** Makes of a request what such a service sees of it; throws where the service refuses it. */
export function applyHabits(call: Call): void {
  const { habits } = call.server.settings;
  const { headers, operation } = call;
  if (habits.missing.includes(operation)) throw new S3Error("NotImplemented");
  for (const name of [...headers.names()]) {
    const isNamed = (list: readonly string[]) =>
      [`${operation} ${name}`, `* ${name}`].some((each) => list.includes(each));
    if (isNamed(habits.refused)) throw new S3Error("NotImplemented");
    if (isNamed(habits.ignored)) headers.delete(name);
    const isOfParts =
      operation === (habits.partChecksums === "refused" ? "UploadPart" : "CompleteMultipartUpload");
    if (/refused/.test(habits.partChecksums) && isOfParts && PART_CHECKSUM.test(name)) {
      throw new S3Error("BadRequest", { message: `Value for ${name} header is invalid.` });
    }
  }
  if (habits.ignoresVersions) (call.query as Map<string, string>).delete("versionId");
  if (
    habits.hidesNullVersion && /^(Get|Head)Object$/.test(operation) && call.query.get("versionId") === "null"
  ) {
    throw new S3Error("NoSuchVersion");
  }
  if (habits.wantsContentMd5 && operation === "DeleteObjects" && !headers.has("content-md5")) {
    throw new S3Error("InvalidRequest", { message: "Missing required header for this request: Content-Md5" });
  }
  const match = headers.get("if-match");
  if (habits.rawIfMatch && match?.startsWith('"') && !/^(Get|Head)/.test(operation)) {
    headers.delete("if-match");
    headers.append("if-match", '"quotes are part of this"');
  }
}

/** The key as such a service takes it. */
export function habitualKey(key: string, { foldsKeys }: Habits): string {
  return foldsKeys ? key.replaceAll(/\/+/g, "/").replace(/^\//, "") : key;
}
