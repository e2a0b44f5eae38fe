import { S3Client } from "@aws-sdk/client-s3";
import { createStoreContext } from "@lade/core";
import type { OpenedForTest } from "@lade/core/conformance";
import { openS3Store, type S3Options, s3Provider } from "@lade/s3";
import { bare } from "../s3/open_fake.ts";

/** A server that runs, and the keys that may do everything on it. */
export interface S3Server extends AsyncDisposable {
  /** Its endpoint. */
  readonly url: string;
  /** The access key. */
  readonly accessKeyId: string;
  /** Its secret. */
  readonly secretAccessKey: string;
}

const START_TIMEOUT_MS = 60_000;
let count = 0;

/** Makes a bucket and opens a store of it. */
export async function openNewBucket(
  server: S3Server,
  options: { readonly config?: S3Options; readonly versions?: boolean } = {},
): Promise<OpenedForTest> {
  const config = { ...configOf(server), ...options.config };
  const bucket = `bucket-${++count}`;
  await s3Provider(bare).createContainer(bucket, { config: { ...config } });
  if (options.versions) await keepVersions(server, bucket);
  const store = await openS3Store(bucket, { config, context: createStoreContext(), surroundings: bare });
  return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** The configuration by which a server is reached. */
export function configOf({ url, accessKeyId, secretAccessKey }: S3Server): S3Options {
  return { endpoint: url, credentials: { accessKeyId, secretAccessKey } };
}

/** Runs a server until it is disposed. `directory` is removed then. */
export async function runServer(
  command: string,
  args: readonly string[],
  port: number,
  directory: string,
): Promise<AsyncDisposable> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await child.status;
    await Deno.remove(directory, { recursive: true });
  };
  try {
    await answering(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { [Symbol.asyncDispose]: stop };
}

/** A port of 127.0.0.1 that nobody listens at. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** The first of these files that exists. */
export function findFile(...paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => {
    try {
      return path !== undefined && Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

async function keepVersions(server: S3Server, bucket: string): Promise<void> {
  const { PutBucketVersioningCommand } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    region: "us-east-1",
    endpoint: server.url,
    forcePathStyle: true,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
  });
  await client.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  client.destroy();
}

async function answering(port: number): Promise<void> {
  for (const end = Date.now() + START_TIMEOUT_MS;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
