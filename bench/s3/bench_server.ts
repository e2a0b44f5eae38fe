import { Lade } from "../../packages/lade/mod.ts";
import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";
import { startVersitygw, type VersitygwOptions } from "../../tools/servers/start_versitygw.ts";

/** An S3 server, its bucket `bench`, and how programs are told of it. */
export interface BenchServer extends AsyncDisposable {
  /** Its endpoint. */
  readonly url: string;
  /** Environment in which every contender finds endpoint, keys and region. */
  readonly env: Readonly<Record<string, string>>;
  /** Reaches it from this process. */
  readonly lade: Lade;
}

/** Memory as a file system, where the system has it, so that no disk bounds the rates. */
export const MEMORY_DIRECTORY: string = isDirectory("/dev/shm") ? "/dev/shm" : "/tmp";

/** The bucket. */
export const BUCKET = "bench";

/** Starts versitygw over memory, with an empty bucket. */
export async function startBenchServer(options: VersitygwOptions = {}): Promise<BenchServer> {
  const server = await startVersitygw({ parent: MEMORY_DIRECTORY, ...options });
  const lade = ladeOf(server, options.tls?.cert);
  await lade.createContainer(`s3://${BUCKET}`);
  return {
    url: server.url,
    env: envOf(server, server.url),
    lade,
    async [Symbol.asyncDispose]() {
      await lade[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The environment in which every contender finds a server at `endpoint`. */
export function envOf(
  { accessKeyId, secretAccessKey }: Pick<S3TestServer, "accessKeyId" | "secretAccessKey">,
  endpoint: string,
): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: endpoint,
    S3_ENDPOINT_URL: endpoint,
    RCLONE_CONFIG: "/dev/null",
    RCLONE_CONFIG_PEER_TYPE: "s3",
    RCLONE_CONFIG_PEER_PROVIDER: "Other",
    RCLONE_CONFIG_PEER_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_PEER_SECRET_ACCESS_KEY: secretAccessKey,
    RCLONE_CONFIG_PEER_ENDPOINT: endpoint,
  };
}

function ladeOf({ url, accessKeyId, secretAccessKey }: S3TestServer, caBundle: string | undefined): Lade {
  const credentials = { accessKeyId, secretAccessKey };
  const trust = caBundle === undefined ? {} : { caBundle };
  return new Lade({ config: { s3: { endpoint: url, region: "us-east-1", credentials, ...trust } } });
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
