import { findProgram } from "./find_program.ts";
import type { S3TestServer } from "./s3_test_server.ts";
import { startServer } from "./start_server.ts";

/** Whether moto's server is there; `deno task servers` installs it. */
export function hasMoto(): boolean {
  return findProgram("moto_server") !== undefined;
}

/** Starts moto, which keeps objects in memory, takes any signature, and closes every connection after one answer. */
export async function startMoto(): Promise<S3TestServer> {
  const command = findProgram("moto_server");
  if (command === undefined) throw new Error("Cannot start moto: it is not installed; try deno task servers");
  const server = await startServer({
    name: "moto",
    command,
    args: (port) => ["-H", "127.0.0.1", "-p", String(port)],
  });
  return {
    ...server,
    url: `http://127.0.0.1:${server.port}`,
    accessKeyId: "AKIAMOTO",
    secretAccessKey: "moto",
  };
}
