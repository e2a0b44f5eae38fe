import { SERVERS_DIRECTORY } from "./servers_directory.ts";
import { type StartedServer, startServer } from "./start_server.ts";

/** Where `deno task servers` installs it: a folder that is a workspace of its own, with `package.json`. */
export const AZURITE_DIRECTORY: string = `${SERVERS_DIRECTORY}/azurite`;

/** The version that is installed. */
export const AZURITE = "azurite@3.37.0";

/** An Azurite, and the account that may do everything on it. */
export interface AzuriteServer extends StartedServer {
  /** URL of its blob service, without the account. */
  readonly url: string;
  /** Name of the account; paths begin with it. */
  readonly account: string;
  /** Its key, in base64. */
  readonly key: string;
}

/** Options of {@linkcode startAzurite}. */
export interface AzuriteOptions {
  /** Keeps blobs as files of its directory; in memory by default. */
  readonly onDisk?: boolean;
  /** Where its directory is made; the system's place for temporary files by default. */
  readonly parent?: string;
}

/** Whether Azurite is there; `deno task servers` installs it. */
export function hasAzurite(): boolean {
  try {
    return Deno.statSync(`${AZURITE_DIRECTORY}/node_modules/azurite`).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Starts Azurite, Microsoft's emulator of Azure Storage, which checks every signature, by the Deno that runs this. It
 * takes versions of the interface that are newer than itself.
 */
export async function startAzurite({ onDisk = false, parent }: AzuriteOptions = {}): Promise<AzuriteServer> {
  if (!hasAzurite()) throw new Error("Cannot start Azurite: it is not installed; try deno task servers");
  const account = "ladeaccount";
  const key = btoa("what signs the requests of tests and benchmarks, and nothing else");
  const permissions = (directory: string) =>
    parent === undefined
      ? ["--allow-net=127.0.0.1", "--allow-env", "--allow-read", "--allow-sys", `--allow-write=${directory}`]
      // For /dev/shm Deno wants no less.
      : ["--allow-all"];
  const server = await startServer({
    name: "azurite",
    command: Deno.execPath(),
    args: (port, directory) => [
      ...[
        "run",
        "--quiet",
        "--no-prompt",
        "--config",
        `${AZURITE_DIRECTORY}/deno.json`,
        ...permissions(directory),
      ],
      ...[`npm:${AZURITE}/azurite-blob`, "--blobHost", "127.0.0.1", "--blobPort", String(port)],
      ...["--silent", "--disableTelemetry", "--skipApiVersionCheck"],
      ...(onDisk ? ["--location", directory] : ["--inMemoryPersistence"]),
    ],
    env: { AZURITE_ACCOUNTS: `${account}:${key}` },
    ...(parent !== undefined && { parent }),
  });
  return { ...server, url: `http://127.0.0.1:${server.port}`, account, key };
}
