/**
 * Writes that outlive their writers, loaded by the first of them.
 *
 * @module
 */
export { openUpload, resumeUpload } from "./open_upload.ts";
export { abortUpload, listUploads } from "./local_uploads.ts";
