import type { ServiceOperations } from "@lade/service/store";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import { accountPlace } from "../config/account_host.ts";
import { deleteBlob } from "../delete/delete_blob.ts";
import { listBlobs } from "../list/list_blobs.ts";
import { listLevel } from "../list/without_empty.ts";
import { headBlob, readBlob } from "../objects/read_blob.ts";
import { blockSink, newWriter } from "../write/block_sink.ts";
import { putBlob } from "../write/put_blob.ts";
import { resumableSink, resumeWriting } from "../write/resumable_sink.ts";
import { setAttributes } from "../write/set_attributes.ts";
import { getTags } from "../write/tags.ts";
import { writtenHeaders } from "../write/written_headers.ts";

/** What Blob Storage does. What is seldom needed is loaded when it is. */
export const AZURE_OPERATIONS: ServiceOperations<AuthorizedTarget> = {
  get: readBlob,
  head: headBlob,
  put: (_target, _key, data, _options, _call, bySink) => putBlob(data, bySink),
  sink(target, key, options, call) {
    const headers = writtenHeaders(target, options, call);
    const makeSink = options.resumable ? resumableSink : blockSink;
    return makeSink(target, { key, call, headers, options, writer: newWriter() });
  },
  resume: resumeWriting,
  listUploads: async (...asked) => (await import("../list/list_uploads.ts")).listUploads(...asked),
  abortUpload: async (...asked) => await (await import("../list/list_uploads.ts")).abortUpload(...asked),
  list: (target, prefix, options, delimiter) =>
    delimiter ? listLevel(target, prefix, options) : listBlobs(target, prefix, options),
  listVersions: async (...asked) => (await import("../list/list_versions.ts")).listBlobVersions(...asked),
  delete: deleteBlob,
  deleter: async (...asked) => (await import("../delete/batch_deleter.ts")).batchDeleter(...asked),
  copy: async (...asked) => await (await import("../copy/copy_blob.ts")).copyBlob(...asked),
  copyFrom: async (...asked) => await (await import("../copy/copy_across.ts")).copyAcross(...asked),
  rename: async (...asked) => await (await import("../namespace/rename.ts")).rename(...asked),
  setAttributes,
  getTags,
  placeOf: accountPlace,
  presign: async (...asked) => await (await import("../presign/presign_blob.ts")).presignBlob(...asked),
};
