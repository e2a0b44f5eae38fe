import { findFile, freePort, runServer, type S3Server } from "./s3_server.ts";

/** Where versitygw is: `VERSITYGW` in the environment, or one of the usual places. */
export function findVersitygw(): string | undefined {
  return findFile(Deno.env.get("VERSITYGW"), "/opt/peers/bin/versitygw", "/usr/local/bin/versitygw");
}

/** Starts versitygw on a port of 127.0.0.1 that the system chose, with versions kept beside the objects. */
export async function startVersitygw(binary: string): Promise<S3Server> {
  const directory = await Deno.makeTempDir({ prefix: "lade-versitygw-" });
  const [root, versions] = [`${directory}/objects`, `${directory}/versions`];
  await Promise.all([Deno.mkdir(root), Deno.mkdir(versions)]);
  const port = freePort();
  const keys = { accessKeyId: "AKIAVERSITYGW", secretAccessKey: "versitygw/secret+key" };
  const server = await runServer(
    binary,
    [
      ...["--port", `127.0.0.1:${port}`, "--access", keys.accessKeyId, "--secret", keys.secretAccessKey],
      ...["--keep-alive", "--quiet", "posix", "--versioning-dir", versions, root],
    ],
    port,
    directory,
  );
  return { url: `http://127.0.0.1:${port}`, ...keys, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}
