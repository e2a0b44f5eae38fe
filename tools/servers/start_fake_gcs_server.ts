import { findProgram } from "./find_program.ts";
import { type StartedServer, startServer } from "./start_server.ts";

/** A fake-gcs-server, which asks nobody who he is. */
export interface FakeGcsServer extends StartedServer {
  /** Its URL. */
  readonly url: string;
}

/** Options of {@linkcode startFakeGcsServer}. */
export interface FakeGcsServerOptions {
  /** Keeps objects as files of its directory; in memory by default. */
  readonly onDisk?: boolean;
  /** Where its directory is made; the system's place for temporary files by default. */
  readonly parent?: string;
}

/** Whether fake-gcs-server is there; `deno task servers` installs it. */
export function hasFakeGcsServer(): boolean {
  return findProgram("fake-gcs-server") !== undefined;
}

/** Starts fake-gcs-server, an emulator of Google Cloud Storage with the JSON API and the downloads of the XML API. */
export async function startFakeGcsServer(
  { onDisk = false, parent }: FakeGcsServerOptions = {},
): Promise<FakeGcsServer> {
  const command = findProgram("fake-gcs-server");
  if (command === undefined) {
    throw new Error("Cannot start fake-gcs-server: it is not installed; try deno task servers");
  }
  const server = await startServer({
    name: "fake-gcs-server",
    command,
    args: (port, directory) => [
      ...["-scheme", "http", "-host", "127.0.0.1", "-port", `${port}`, "-public-host", `127.0.0.1:${port}`],
      ...["-log-level", "error"],
      ...(onDisk
        ? ["-backend", "filesystem", "-filesystem-root", `${directory}/objects`]
        : ["-backend", "memory"]),
    ],
    ...(parent !== undefined && { parent }),
  });
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}
