import { PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { createStoreContext } from "@lade/core";
import { openS3Store, type S3Options, s3Provider, type S3Store } from "@lade/s3";
import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";
import { bare } from "../s3/open_fake.ts";

/** A store of a new bucket. */
export interface OpenedBucket extends AsyncDisposable {
  /** The store. */
  readonly store: S3Store;
  /** The name of its bucket. */
  readonly bucket: string;
}

/** What {@linkcode openNewBucket} may be given. */
export interface OpenBucketOptions {
  /** Configuration of the store. */
  readonly config?: S3Options;
  /** The bucket keeps versions. */
  readonly versions?: boolean;
}

let count = 0;

/** Makes a bucket and opens a store of it. */
export async function openNewBucket(
  server: S3TestServer,
  options: OpenBucketOptions = {},
): Promise<OpenedBucket> {
  const config = { ...configOf(server), ...options.config };
  const bucket = `bucket-${++count}`;
  await s3Provider(bare).createContainer(bucket, { config: { ...config } });
  if (options.versions) await keepVersions(server, bucket);
  const store = await openS3Store(bucket, { config, context: createStoreContext(), surroundings: bare });
  return { store, bucket, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** The configuration by which a server is reached. */
export function configOf({ url, accessKeyId, secretAccessKey }: S3TestServer): S3Options {
  return { endpoint: url, credentials: { accessKeyId, secretAccessKey } };
}

async function keepVersions(server: S3TestServer, bucket: string): Promise<void> {
  const { url: endpoint, accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ region: "us-east-1", endpoint, forcePathStyle: true, credentials });
  await client.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  client.destroy();
}
