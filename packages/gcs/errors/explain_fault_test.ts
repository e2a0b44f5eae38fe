import { assertEquals } from "@std/assert";
import type { FailedCall } from "@lade/service/errors";
import {
  check,
  DENIED,
  GET,
  IDENTITY,
  json,
  LIST,
  MAKE,
  PUT,
  REMOVE,
  SA,
  xml,
} from "../testing/told_failures.ts";

Deno.test("a 403 names the permission that is lacking, who lacks it, and the role that has it, by either API", () => {
  const granted =
    "roles/storage.objectViewer, which has storage.objects.get, on the bucket; it takes a few minutes to hold";
  const lacks = `access denied to ${IDENTITY}, who lacks storage.objects.get; grant ${granted}`;
  check([
    [
      json(403, "forbidden", DENIED(SA, "storage.objects.get")),
      "PermissionDeniedError",
      `Cannot get "gs://b/k": ${lacks}`,
    ],
    [
      xml(403, "AccessDenied", "Access denied.", DENIED(SA, "storage.objects.get")),
      "PermissionDeniedError",
      `Cannot get "gs://b/k": ${lacks}`,
    ],
    // An account that is impersonated is not the one that the configuration names.
    [
      json(403, "forbidden", DENIED("me@example.com", "storage.objects.delete"), PUT),
      "PermissionDeniedError",
      'Cannot put "gs://b/k": access denied to "me@example.com", who lacks storage.objects.delete; grant ' +
      "roles/storage.objectUser, which has storage.objects.delete, on the bucket; it takes a few minutes to hold",
    ],
    [
      json(403, "forbidden", DENIED(SA, "storage.buckets.create", "Google Cloud project"), MAKE),
      "PermissionDeniedError",
      `Cannot create "gs://b": access denied to ${IDENTITY}, who lacks storage.buckets.create; grant roles/storage.admin, ` +
      "which has storage.buckets.create, on the project, and check that it is the right one; it takes a few minutes to hold",
    ],
    [
      json(403, "forbidden", "Forbidden", { ...LIST, step: "list buckets of" }),
      "PermissionDeniedError",
      `Cannot list "gs://b/p/": access denied to ${IDENTITY}; grant roles/storage.bucketViewer, which has ` +
      "storage.buckets.list, on the project, and check that it is the right one; it takes a few minutes to hold",
    ],
  ]);
  const needs = (call: FailedCall) =>
    /has ([\w.]+)/.exec(json(403, "forbidden", "Forbidden", call).message)?.[1];
  assertEquals([GET, LIST, PUT, MAKE, REMOVE, { ...GET, operation: "delete" }].map(needs), [
    "storage.objects.get",
    "storage.objects.list",
    "storage.objects.create",
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.objects.delete",
  ]);
});

Deno.test("a 401 tells an expired or revoked token from nobody", () => {
  const again =
    "has expired, was revoked or is none; sign in again (gcloud auth application-default login), or give another token";
  const nobody = (permission: string) =>
    `nobody is signed in, and ${permission} is not for everybody; sign in (gcloud auth application-default login), ` +
    "or set GOOGLE_APPLICATION_CREDENTIALS";
  check([
    [
      json(401, "authError", "Invalid Credentials"),
      "UnauthenticatedError",
      `Cannot get "gs://b/k": the token of ${IDENTITY} ${again}`,
    ],
    [
      xml(401, "AuthenticationRequired", "Authentication required."),
      "UnauthenticatedError",
      `Cannot get "gs://b/k": the token of ${IDENTITY} ${again}`,
    ],
    [
      json(401, "required", DENIED("Anonymous caller", "storage.objects.get")),
      "UnauthenticatedError",
      `Cannot get "gs://b/k": ${nobody("storage.objects.get")}`,
    ],
    [
      xml(403, "AccessDenied", "Access denied.", DENIED("Anonymous caller", "storage.objects.get")),
      "UnauthenticatedError",
      `Cannot get "gs://b/k": ${nobody("storage.objects.get")}`,
    ],
    [
      json(401, "required", DENIED("Anonymous caller", "storage.objects.get"), GET, "http://127.0.0.1:1"),
      "UnauthenticatedError",
      'Cannot get "gs://b/k": nobody is signed in, and storage.objects.get is not for everybody; ' +
      "name credentials by an option (credentialsFile), since those of the environment do not go to an endpoint without TLS",
    ],
    [
      json(403, "insufficientPermissions", "Request had insufficient authentication scopes."),
      "PermissionDeniedError",
      `Cannot get "gs://b/k": the token of ${IDENTITY} is for other services; ` +
      "give the machine the scope cloud-platform, or sign in: gcloud auth application-default login",
    ],
  ]);
});

Deno.test("a 404 tells object, version, bucket, upload and project apart", () => {
  const bucket = "no such bucket at storage.googleapis.com; check its name, or make it first";
  const upload = "no such upload: it was completed or dropped, or is over a week old; write the object again";
  check([
    [json(404, "notFound", "No such object: b/k"), "NotFoundError", 'Cannot get "gs://b/k": no such object'],
    [
      xml(404, "NoSuchKey", "The specified key does not exist."),
      "NotFoundError",
      'Cannot get "gs://b/k": no such object',
    ],
    [
      json(404, "notFound", "The specified bucket does not exist."),
      "NotFoundError",
      `Cannot get "gs://b/k": ${bucket}`,
    ],
    [
      xml(404, "NoSuchBucket", "The specified bucket does not exist."),
      "NotFoundError",
      `Cannot get "gs://b/k": ${bucket}`,
    ],
    // Emulators say no more than this.
    [json(404, "notFound", "Not Found", LIST), "NotFoundError", `Cannot list "gs://b/p/": ${bucket}`],
    [json(404, "", "Not Found", PUT), "NotFoundError", `Cannot put "gs://b/k": ${bucket}`],
    [json(404, "notFound", "Not Found", REMOVE), "NotFoundError", `Cannot delete "gs://b": ${bucket}`],
    [json(404, "notFound", "Not Found"), "NotFoundError", 'Cannot get "gs://b/k": no such object'],
    [
      xml(404, "NoSuchKey", "The specified key does not exist.", "", {
        ...GET,
        step: "look at a version of",
      }),
      "NotFoundError",
      'Cannot get "gs://b/k": no such version of the object',
    ],
    [
      json(404, "notFound", "No such object: b/k", { ...GET, step: "look at a version of" }),
      "NotFoundError",
      'Cannot get "gs://b/k": no such version of the object',
    ],
    [
      xml(404, "NoSuchUpload", "The requested upload was not found.", "", PUT),
      "NotFoundError",
      `Cannot put "gs://b/k": ${upload}`,
    ],
    [
      json(410, "gone", "The upload session has expired.", PUT),
      "NotFoundError",
      `Cannot put "gs://b/k": ${upload}`,
    ],
    [
      json(400, "invalid", "Unknown project id: nix", MAKE),
      "NotFoundError",
      'Cannot create "gs://b": there is no such project; check it: --project, GOOGLE_CLOUD_PROJECT',
    ],
  ]);
});
