import { findFile, freePort, runServer, type S3Server } from "./s3_server.ts";

/** Where moto's server is: `MOTO_SERVER` in the environment, or one of the usual places. */
export function findMoto(): string | undefined {
  return findFile(
    Deno.env.get("MOTO_SERVER"),
    "/opt/peers/venv/bin/moto_server",
    "/usr/local/bin/moto_server",
  );
}

/** Starts moto on a port of 127.0.0.1 that the system chose. It checks no signatures. */
export async function startMoto(binary: string): Promise<S3Server> {
  const directory = await Deno.makeTempDir({ prefix: "lade-moto-" });
  const port = freePort();
  const server = await runServer(binary, ["-H", "127.0.0.1", "-p", String(port)], port, directory);
  return {
    url: `http://127.0.0.1:${port}`,
    accessKeyId: "AKIAMOTO",
    secretAccessKey: "moto",
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}
