import { AlreadyExistsError, NotFoundError } from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import type { ControlPlane } from "../control/control_plane.ts";

/** What calls on buckets work by. */
export interface BucketTarget {
  /** The connection. */
  readonly connection: S3Connection;
  /** Makes the calls. */
  readonly control: ControlPlane;
  /** The bucket's URI, or `s3://` for the account. */
  readonly uri: string;
}

/** Makes a bucket in the region of the connection. */
export async function createBucket(
  { connection, control, uri }: BucketTarget,
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
  { connection, control, uri }: BucketTarget,
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
export async function* listBuckets(
  { control, uri }: BucketTarget,
  signal?: AbortSignal,
): AsyncGenerator<string, void, void> {
  const call = { operation: "list", uri, permission: "s3:ListAllMyBuckets" };
  let token: string | undefined;
  do {
    const answer = await control.run(
      call,
      { signal, idempotent: true },
      (sdk, client, send) =>
        client.send(
          new sdk.ListBucketsCommand(token === undefined ? {} : { ContinuationToken: token }),
          send,
        ),
    );
    for (const { Name } of answer.Buckets ?? []) {
      if (Name === undefined) continue;
      yield Name;
      signal?.throwIfAborted();
    }
    token = answer.ContinuationToken;
  } while (token);
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
    if (error instanceof NotFoundError) return false;
    throw error;
  }
}
