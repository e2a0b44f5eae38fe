import { findProgram } from "./find_program.ts";
import type { S3TestServer } from "./s3_test_server.ts";
import { startServer } from "./start_server.ts";

/** Whether Adobe's S3Mock is there; `deno task servers` installs it. */
export function hasS3Mock(): boolean {
  return findProgram("s3mock") !== undefined;
}

/** Starts S3Mock, which keeps objects as files and takes any signature. */
export async function startS3Mock(): Promise<S3TestServer> {
  const command = findProgram("s3mock");
  if (command === undefined) {
    throw new Error("Cannot start S3Mock: it is not installed; try deno task servers");
  }
  const server = await startServer({
    name: "s3mock",
    command,
    args: (port, directory) => [
      "--server.address=127.0.0.1",
      // The port of TLS, which nobody asks for here.
      "--server.port=0",
      `--com.adobe.testing.s3mock.http-port=${port}`,
      `--com.adobe.testing.s3mock.store.root=${directory}`,
      "--logging.level.root=WARN",
    ],
  });
  return {
    ...server,
    url: `http://127.0.0.1:${server.port}`,
    accessKeyId: "AKIAS3MOCK",
    secretAccessKey: "s3mock",
  };
}
