import type { Capabilities, ObjectStore } from "@lade/core/backend";
import { conformanceCases } from "./conformance_cases.ts";
import type { ConformanceCase, ConformanceContext } from "./conformance_case.ts";
import { refusals } from "./refusals.ts";
import { registerCases, type TestRunner } from "./register_cases.ts";

/** A store for one case, and what clears up after it. Disposed when the case is over. */
export interface OpenedForTest extends AsyncDisposable {
  /** An empty store. */
  readonly store: ObjectStore;
}

/** Options of {@linkcode conformance}. */
export interface ConformanceOptions {
  /** Cases that the service behind the store cannot pass by its nature, by name, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** The smallest part size that the store's writers take, in bytes; 1,024 by default. */
  readonly partSize?: number;
  /** A storage class that the service knows and that is not its default; needed where the store has storage classes. */
  readonly storageClass?: string;
  /** How long one case may take before it fails, in milliseconds; a minute by default. */
  readonly timeoutMs?: number;
}

/**
 * Registers every case of the contract as a test of one store. `open` gives each case an empty store of its own. A
 * case that needs what the store declares not to have asks instead that the store refuses it.
 */
export function conformance(
  name: string,
  open: () => Promise<OpenedForTest>,
  test: TestRunner,
  options: ConformanceOptions = {},
): void {
  const { partSize = 1024, storageClass } = options;
  registerCases(name, conformanceCases, test, options, async (one) => {
    await using opened = await open();
    await runCase(one, { store: opened.store, partSize, storageClass });
  });
}

/**
 * Runs one case, or what stands for it where the store lacks a capability. Where a case finds out that the service
 * lacks one that was unknown, what stands for the case is asked of the emptied store.
 */
export async function runCase(one: ConformanceCase, context: ConformanceContext): Promise<void> {
  const { store } = context;
  const lacking = () => one.needs?.find((flag) => store.capabilities[flag] === false);
  const refuse = (flag: keyof Capabilities) => one.unsupported?.(context) ?? refusals[flag](context);
  const before = lacking();
  if (before !== undefined) return await refuse(before);
  try {
    await one.run(context);
  } catch (error) {
    const found = lacking();
    if (found === undefined) throw error;
    for await (const { error: failure } of store.deleteMany(keysOf(store))) if (failure) throw failure;
    await refuse(found);
  }
}

async function* keysOf(store: ObjectStore): AsyncGenerator<string> {
  for await (const { key } of store.list()) yield key;
}
