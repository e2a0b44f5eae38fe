import { GcsError } from "../gcs_error.ts";
import type { Call } from "./call.ts";
import type { Operation } from "./route.ts";

/** What each operation needs, behind `storage.`; several where it does several things. */
const PERMISSIONS: Readonly<Record<Operation, readonly string[]>> = {
  "batch": [],
  "buckets.delete": ["buckets.delete"],
  "buckets.get": ["buckets.get"],
  "buckets.insert": ["buckets.create"],
  "buckets.list": ["buckets.list"],
  "buckets.patch": ["buckets.update"],
  "objects.compose": ["objects.create", "objects.get"],
  "objects.delete": ["objects.delete"],
  "objects.get": ["objects.get"],
  "objects.getMedia": ["objects.get"],
  "objects.insert": ["objects.create"],
  "objects.list": ["objects.list"],
  "objects.move": ["objects.move", "objects.create"],
  "objects.patch": ["objects.update"],
  "objects.rewrite": ["objects.get", "objects.create"],
  // The URI of a session is proof enough.
  "resumable.cancel": [],
  "resumable.finish": [],
  "resumable.put": [],
  "resumable.query": [],
  "resumable.start": ["objects.create"],
  "xml.abortMultipart": ["multipartUploads.abort"],
  "xml.completeMultipart": ["multipartUploads.create", "objects.create"],
  "xml.deleteObject": ["objects.delete"],
  "xml.getObject": ["objects.get"],
  "xml.headObject": ["objects.get"],
  "xml.listMultiparts": ["multipartUploads.list"],
  "xml.listParts": ["multipartUploads.listParts"],
  "xml.putObject": ["objects.create"],
  "xml.putPart": ["multipartUploads.create", "objects.create"],
  "xml.startMultipart": ["multipartUploads.create", "objects.create"],
};

/** Refuses a sender who may not do what is asked for, and one who names no project where the asker pays. */
export function checkAccess(call: Call): void {
  const needed = PERMISSIONS[call.operation];
  for (const permission of needed) checkPermission(call, permission);
  if (needed.length > 0) checkPayer(call, call.target.bucket);
}

/** Refuses a sender without a permission. */
export function checkPermission({ identity, server, target: { api } }: Call, name: string): void {
  const permission = `storage.${name}`;
  const what = name.startsWith("buckets.") ? "bucket" : "object";
  const denied = `${permission} access to the Google Cloud Storage ${what}. ` +
    `Permission '${permission}' denied on resource (or it may not exist).`;
  if (identity.kind === "anonymous") {
    if (server.settings.allowsAnonymous) return;
    throw new GcsError("AnonymousDenied", `Anonymous caller does not have ${denied}`, {
      status: api === "xml" ? 403 : 401,
      details: { locationType: "header", location: "Authorization" },
    });
  }
  const { email, permissions } = identity.principal;
  if (permissions && !permissions.has(permission)) {
    throw new GcsError("AccessDenied", `${email} does not have ${denied}`);
  }
}

/** Refuses a request without a project to charge, where the bucket wants one. */
export function checkPayer({ server, query, headers }: Call, bucket: string): void {
  if (!server.buckets.get(bucket)?.settings.requesterPays) return;
  if (query.has("userProject") || headers.has("x-goog-user-project")) return;
  throw new GcsError("UserProjectMissing");
}
