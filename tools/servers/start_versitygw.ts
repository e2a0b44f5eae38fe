import { findProgram } from "./find_program.ts";
import type { S3TestServer } from "./s3_test_server.ts";
import { startServer } from "./start_server.ts";

/** Options of {@linkcode startVersitygw}. */
export interface VersitygwOptions {
  /** Where its directories are made; the system's place for temporary files by default. */
  readonly parent?: string;
  /** Paths of certificate and key in PEM: it speaks TLS with them. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Whether versitygw is there; `deno task servers` installs it. */
export function hasVersitygw(): boolean {
  return findProgram("versitygw") !== undefined;
}

/**
 * Starts versitygw, which keeps objects as files and checks every signature. Buckets may keep versions; their names have
 * three characters or more.
 */
export async function startVersitygw({ parent, tls }: VersitygwOptions = {}): Promise<S3TestServer> {
  const command = findProgram("versitygw");
  if (command === undefined) {
    throw new Error("Cannot start versitygw: it is not installed; try deno task servers");
  }
  const keys = { accessKeyId: "AKIAVERSITYGW", secretAccessKey: "versitygw/secret+key" };
  const server = await startServer({
    name: "versitygw",
    command,
    args(port, directory) {
      // Nested, the one would show in the other.
      const [root, versions] = [`${directory}/objects`, `${directory}/versions`];
      Deno.mkdirSync(root);
      Deno.mkdirSync(versions);
      return [
        ...["--port", `127.0.0.1:${port}`, "--access", keys.accessKeyId, "--secret", keys.secretAccessKey],
        ...(tls ? ["--cert", tls.cert, "--key", tls.key] : []),
        ...["--keep-alive", "--quiet", "posix", "--versioning-dir", versions, root],
      ];
    },
    ...(parent !== undefined && { parent }),
    secure: tls !== undefined,
  });
  return { ...server, ...keys, url: `${tls ? "https" : "http"}://127.0.0.1:${server.port}` };
}
