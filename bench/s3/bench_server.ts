import { Lade } from "../../packages/lade/mod.ts";
import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";
import { startVersitygw, type VersitygwOptions } from "../../tools/servers/start_versitygw.ts";
import type { BenchContainer } from "../bench_container.ts";
import { ground } from "../ground/ground.ts";

/** The bucket. */
export const BUCKET = "bench";

/** Starts versitygw over memory, with an empty bucket. */
export async function startBenchServer(options: VersitygwOptions = {}): Promise<BenchContainer> {
  const server = await startVersitygw({ parent: ground().memory, ...options });
  const lade = ladeOf(server, options.tls?.cert);
  await lade.createContainer(`s3://${BUCKET}`);
  return {
    url: server.url,
    root: `s3://${BUCKET}`,
    s3dlioRoot: `s3://${BUCKET}`,
    env: envOf(server, server.url),
    process: server.process,
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
