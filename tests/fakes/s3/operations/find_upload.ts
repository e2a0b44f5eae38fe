import { S3Error } from "../s3_error.ts";
import type { Upload } from "../store/upload.ts";
import { bucketOf, type Call, queryNumber } from "./call.ts";

/** The upload a call names, which must be of its key. */
export function findUpload(call: Call): Upload {
  const id = call.query.get("uploadId") ?? "";
  const upload = bucketOf(call).uploads.get(id);
  if (upload === undefined || upload.key !== call.key) {
    throw new S3Error("NoSuchUpload", { details: { UploadId: id } });
  }
  return upload;
}

/** The number of the part a call writes. */
export function partNumberOf(call: Call): number {
  const number = queryNumber(call, "partNumber", { min: 1, max: 10000, fallback: 0 });
  if (number > 0) return number;
  throw new S3Error("InvalidArgument", { message: "This operation requires a part number." });
}
