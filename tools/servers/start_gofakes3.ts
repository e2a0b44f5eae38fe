import { findProgram } from "./find_program.ts";
import type { S3TestServer } from "./s3_test_server.ts";
import { startServer } from "./start_server.ts";

/** Whether gofakes3 is there; `deno task servers` installs it. */
export function hasGofakes3(): boolean {
  return findProgram("gofakes3") !== undefined;
}

/** Starts gofakes3, which keeps objects in memory and takes any signature. */
export async function startGofakes3(): Promise<S3TestServer> {
  const command = findProgram("gofakes3");
  if (command === undefined) {
    throw new Error("Cannot start gofakes3: it is not installed; try deno task servers");
  }
  const server = await startServer({
    name: "gofakes3",
    command,
    args: (port) => ["-host", `127.0.0.1:${port}`, "-backend", "memory", "-quiet"],
  });
  return {
    ...server,
    url: `http://127.0.0.1:${server.port}`,
    accessKeyId: "AKIAGOFAKES3",
    secretAccessKey: "gofakes3",
  };
}
