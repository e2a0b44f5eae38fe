import { AlreadyExistsError, NotFoundError, PermissionDeniedError } from "@lade/core/backend";
import { listNames, type Page } from "@lade/service/list";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { S3Target } from "../store/s3_target.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { readDocument } from "../wire/read_document.ts";
import { unlikeS3 } from "../headers/s3_headers.ts";
import { childText, type XmlElement } from "@lade/service/xml";

/** Makes a bucket in the region of the connection. */
export async function createBucket(
  { connection, control, uri }: S3Target,
  signal?: AbortSignal,
): Promise<void> {
  const { amazon } = connection.endpoint;
  const { region } = connection;
  // There, and only there, making a bucket that is one's own already succeeds.
  if (amazon && region === "us-east-1" && await hasBucket(connection, uri, signal)) {
    throw new AlreadyExistsError({ operation: "create", uri, detail: "the bucket exists already" });
  }
  const call = { operation: "create", uri, permission: "s3:CreateBucket" };
  await control.run(call, { signal, idempotent: false }, (sdk, client, send) =>
    client.send(
      new sdk.CreateBucketCommand({
        Bucket: connection.bucket,
        ...(region === "us-east-1" ? {} : {
          // The SDK names the regions it knows; a service may have others.
          CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" },
        }),
      }),
      send,
    ));
}

/** Deletes an empty bucket. */
export async function deleteBucket(
  { connection, control, uri }: S3Target,
  signal?: AbortSignal,
): Promise<void> {
  const call = { operation: "delete", uri, permission: "s3:DeleteBucket" };
  await control.run(
    call,
    { signal, idempotent: false },
    (sdk, client, send) => client.send(new sdk.DeleteBucketCommand({ Bucket: connection.bucket }), send),
  );
}

/** Lists the names of the account's buckets. */
export function listBuckets(
  { connection, uri }: S3Target,
  signal?: AbortSignal,
): AsyncGenerator<string, void, void> {
  const call = { operation: "list", uri, permission: "s3:ListAllMyBuckets" };
  const read = (token?: string) => {
    const request = { method: "GET", query: { "continuation-token": token }, signal, call } as const;
    return readDocument(connection, request, (root) => readBuckets(root, call));
  };
  return listNames(call, read, signal);
}

function readBuckets(root: XmlElement, call: FailedCall): Page<string> {
  const list = root.children.find(({ name }) => name === "Buckets");
  const entries = (list?.children ?? []).filter(({ name }) => name === "Bucket").map((bucket) => {
    const name = childText(bucket, "Name");
    if (!name) throw unlikeS3(call, "a bucket has no name");
    return name;
  });
  const next = childText(root, "ContinuationToken");
  return { entries, ...(next ? { next } : {}) };
}

async function hasBucket(
  connection: S3Connection,
  uri: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    const call = { operation: "create", uri, permission: "s3:ListBucket" };
    const response = await connection.send({ method: "HEAD", signal, call });
    await response.body.discard();
    return true;
  } catch (error) {
    // Who may make a bucket need not be allowed to look at it.
    if (error instanceof NotFoundError || error instanceof PermissionDeniedError) return false;
    throw error;
  }
}
