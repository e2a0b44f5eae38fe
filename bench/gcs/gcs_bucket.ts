import { Lade } from "../../packages/lade/mod.ts";
import { startFakeGcsServer } from "../../tools/servers/start_fake_gcs_server.ts";
import type { BenchContainer } from "../bench_container.ts";
import { ground } from "../ground/ground.ts";
import { stopAll } from "../race_files.ts";
import { type FakePace, startFakeProcess } from "../start_fake_process.ts";

/** URI of the bucket. */
const ROOT = "gs://bench";

/** The fake in a process of its own. */
export interface StartedFake extends AsyncDisposable {
  /** URI of its bucket. */
  readonly root: string;
  /** Environment in which every contender finds it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the fake. */
export async function startFake(pace: FakePace = {}): Promise<StartedFake> {
  const { address, ...fake } = await startFakeProcess<{ readonly url: string }>(
    new URL("./fake_server.ts", import.meta.url),
    pace,
  );
  return { ...fake, root: ROOT, env: gcsEnv(address.url) };
}

/** Starts fake-gcs-server over files in memory, with an empty bucket. */
export async function startGcsBucket(): Promise<BenchContainer> {
  const server = await startFakeGcsServer({ onDisk: true, parent: ground().memory });
  return await openGcsBucket(server.url, server);
}

/** Makes the bucket of a service that is there. */
async function openGcsBucket(url: string, server: AsyncDisposable): Promise<BenchContainer> {
  const lade = new Lade({ config: { gs: { endpoint: url, project: "bench" } } });
  await lade.createContainer(ROOT);
  return {
    ...{ url, root: ROOT, s3dlioRoot: ROOT, env: gcsEnv(url), lade },
    // With each chunk of a session the server copies all that it has.
    async upload(path, key) {
      const file = await Deno.open(path);
      const at = `${url}/upload/storage/v1/b/bench/o?uploadType=media&name=${encodeURIComponent(key)}`;
      const answer = await fetch(at, { method: "POST", body: file.readable });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`Cannot put ${key}: ${answer.status}`);
    },
    [Symbol.asyncDispose]: () => stopAll([lade, server]),
  };
}

/** The environment in which every contender finds the service; nobody is asked who he is. */
export function gcsEnv(url: string): Readonly<Record<string, string>> {
  return {
    STORAGE_EMULATOR_HOST: url,
    GOOGLE_CLOUD_PROJECT: "bench",
    RCLONE_CONFIG: "/dev/null",
    RCLONE_CONFIG_PEER_TYPE: "google cloud storage",
    RCLONE_CONFIG_PEER_ANONYMOUS: "true",
    RCLONE_CONFIG_PEER_PROJECT_NUMBER: "bench",
    RCLONE_CONFIG_PEER_ENDPOINT: `${url}/storage/v1/`,
  };
}
