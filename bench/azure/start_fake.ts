import { type FakePace, startFakeProcess } from "../start_fake_process.ts";
import { azureEnv, type BenchAccount, rootOf } from "./azure_container.ts";

/** The fake in a process of its own. */
export interface StartedFake extends AsyncDisposable {
  /** URI of its container. */
  readonly root: string;
  /** Environment in which every contender finds it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the fake. */
export async function startFake(pace: FakePace = {}): Promise<StartedFake> {
  const { address, ...fake } = await startFakeProcess<BenchAccount>(
    new URL("./fake_server.ts", import.meta.url),
    pace,
  );
  return { ...fake, root: rootOf(address), env: azureEnv(address) };
}
