import { assertEquals } from "@std/assert";
import type { GetResult } from "../contract/get_result.ts";
import { bytesAtHand, type ReadyBytes } from "../contract/seams.ts";
import type { GetOptions } from "../contract/types.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { readInto } from "./read_into.ts";

const MIB = 2 ** 20;

/** Has nothing at hand, and remembers how many bytes its answers were asked for at a time. */
class StepStore extends MemoryStore {
  readonly steps: number[] = [];

  override [bytesAtHand](): ReadyBytes | undefined {
    return undefined;
  }

  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    const answer = await super.get(key, options);
    const own = answer.readInto.bind(answer);
    answer.readInto = (target) => {
      this.steps.push(target.length);
      return own(target);
    };
    return answer;
  }
}

/** The same, as a store that never has anything at hand. */
function remote(store: StepStore): StepStore {
  return Object.defineProperty(store, bytesAtHand, { value: undefined });
}

Deno.test("while its limit climbs, a chunk is taken in steps, and all at once from what may have it at hand", async () => {
  const bytes = new Uint8Array(4 * MIB).fill(7);
  const stepsOf = async (store: StepStore, checksum: "none" | "crc32c") => {
    await store.put("a", bytes);
    const target = new Uint8Array(bytes.length);
    assertEquals(store.limits.read.climbing, true);
    await readInto(store, "a", target, { checksum });
    assertEquals(target, bytes);
    return store.steps;
  };
  const steps = [MIB, MIB, MIB, MIB];
  assertEquals(await stepsOf(remote(new StepStore()), "none"), steps);
  assertEquals(await stepsOf(new StepStore(), "none"), [4 * MIB]);
  assertEquals(await stepsOf(new StepStore(), "crc32c"), steps);
});
