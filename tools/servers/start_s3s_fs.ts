import { findProgram } from "./find_program.ts";
import type { S3TestServer } from "./s3_test_server.ts";
import { startServer } from "./start_server.ts";

/** Whether s3s-fs is there; `cargo install s3s-fs --features binary` makes it, which takes minutes. */
export function hasS3sFs(): boolean {
  return findProgram("s3s-fs") !== undefined;
}

/** Starts s3s-fs, which keeps objects as files, checks every signature, and knows no conditions on writes. */
export async function startS3sFs(): Promise<S3TestServer> {
  const command = findProgram("s3s-fs");
  if (command === undefined) {
    throw new Error("Cannot start s3s-fs: it is not installed; try cargo install s3s-fs --features binary");
  }
  const keys = { accessKeyId: "AKIAS3SFS", secretAccessKey: "s3s-fs/secret+key" };
  const server = await startServer({
    name: "s3s-fs",
    command,
    args: (port, directory) => [
      ...["--host", "127.0.0.1", "--port", String(port)],
      ...["--access-key", keys.accessKeyId, "--secret-key", keys.secretAccessKey, directory],
    ],
    env: { RUST_LOG: "warn" },
  });
  return { ...server, ...keys, url: `http://127.0.0.1:${server.port}` };
}
