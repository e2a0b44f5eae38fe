import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { PreconditionFailedError, ServiceError, UnavailableError } from "@lade/core/errors";
import { FakeClock } from "@lade/testing";
import { copyInRanges } from "./copy_in_ranges.ts";
import { type CopyState, startedCopy } from "./started_copy.ts";

/** Runs a copy whose states the service tells one after the other, the last again and again; tells what was done. */
function run(states: readonly CopyState[], { stepMs = 1_000, signal, leftover }: {
  readonly stepMs?: number;
  readonly signal?: AbortSignal;
  /** Why the copy cannot be aborted. */
  readonly leftover?: Error;
} = {}) {
  const clock = new FakeClock();
  const log: string[] = [];
  let at = 0;
  const next = () => Promise.resolve(states[Math.min(at++, states.length - 1)] as CopyState);
  const sink = startedCopy({
    call: { operation: "copy to", uri: "x://c/to", createOnly: false },
    clock,
    patienceMs: 60_000,
    start: next,
    look: () => (log.push(`look at ${clock.monotonicMs() / 1000}`), next()),
    receiptOf: ({ progress }, size) => ({ size, etag: `made of ${progress}` }),
    abort: (id) => {
      log.push(`abort ${id}`);
      return leftover ? Promise.reject(leftover) : Promise.resolve();
    },
  });
  const made = copyInRanges({ sink, source: { size: 9 }, partSize: 9, context: { clock }, signal });
  made.catch(() => {});
  const end = async () => {
    let over = false;
    made.finally(() => over = true).catch(() => {});
    for (let i = 0; i < 500 && !over; i++) await clock.advance(stepMs);
    return await made;
  };
  return { log, end };
}

const PENDING: CopyState = { id: "1", status: "pending", progress: "0" };

Deno.test("startedCopy() waits for a copy that gets on, at growing distances", async () => {
  const states = ["1", "2", "3"].map((progress): CopyState => ({ ...PENDING, progress }));
  const { log, end } = run([...states, { ...PENDING, status: "made", progress: "9" }]);
  assertEquals(await end(), { size: 9, etag: "made of 9" });
  assertEquals(log, ["look at 1", "look at 3", "look at 7"]);
});

Deno.test("startedCopy() takes one that is made at once", async () => {
  const { log, end } = run([{ ...PENDING, status: "made" }]);
  assertEquals([await end(), log], [{ size: 9, etag: "made of 0" }, []]);
});

Deno.test("startedCopy() aborts a copy that does not get on, fails, or is another one's", async () => {
  const cases = [
    [PENDING, UnavailableError, "of which 0 bytes are made"],
    [{ ...PENDING, status: "failed", reason: "no" }, ServiceError, "the service could not copy: no"],
    [{ ...PENDING, status: "failed" }, ServiceError, "the service could not copy: it gives no reason"],
    [{ ...PENDING, id: "2" }, PreconditionFailedError, "another write replaced the object"],
  ] as const;
  for (const [state, error, words] of cases) {
    const { log, end } = run([PENDING, state]);
    await assertRejects(end, error, words);
    assertEquals(log.at(-1), "abort 1");
  }
});

Deno.test("startedCopy() tells of a copy that cannot be aborted", async () => {
  const leftover = new ServiceError({ operation: "copy to", uri: "x://c/to", detail: "not now" });
  const { end } = run([PENDING, { ...PENDING, status: "failed", reason: "no" }], { leftover });
  const { message } = await assertRejects(end, ServiceError, "the service could not copy: no");
  assertStringIncludes(message, "copy 1 stays behind: not now");
});
