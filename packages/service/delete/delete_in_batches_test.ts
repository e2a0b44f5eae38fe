import { assertEquals, assertRejects } from "@std/assert";
import {
  type DeleteResult,
  InvalidNameError,
  type ObjectToDelete,
  PermissionDeniedError,
  PreconditionFailedError,
  StoreError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { until } from "@lade/testing/http";
import type { BatchDeleter, DeleteOutcome } from "./batch_deleter.ts";
import { deleteInBatches } from "./delete_in_batches.ts";

const call = { operation: "delete", uri: "x://c/k", detail: "no" };

/** Takes two objects a batch, no conditions, and no key `"bad"`; remembers what was sent. */
class FakeDeleter implements BatchDeleter {
  readonly uri = "x://c";
  readonly max: number = 2;
  isRefused = false;
  /** `a b` is a batch, `a` a request for a single object. */
  readonly sent: string[] = [];
  readonly #outcome: (key: string, alone: boolean) => DeleteOutcome | Promise<DeleteOutcome>;

  constructor(
    outcome: (key: string, alone: boolean) => DeleteOutcome | Promise<DeleteOutcome> = () => undefined,
  ) {
    this.#outcome = outcome;
  }

  keyFault(key: string): string | undefined {
    return key === "bad" ? "it is bad" : undefined;
  }

  fits({ ifMatch }: ObjectToDelete): boolean {
    return ifMatch === undefined;
  }

  async send(objects: readonly ObjectToDelete[]): Promise<readonly DeleteOutcome[]> {
    const keys = objects.map(({ key }) => key);
    this.sent.push(keys.join(" "));
    const whole = await this.#outcome(keys.join(" "), false);
    if (whole) throw whole;
    return await Promise.all(keys.map((key) => this.#outcome(key, false)));
  }

  async sendOne({ key, ifMatch }: ObjectToDelete): Promise<void> {
    this.sent.push(ifMatch === undefined ? key : `${key}=${ifMatch}`);
    const error = await this.#outcome(key, true);
    if (error) throw error;
  }

  isRefusal(error: unknown): boolean {
    return error instanceof UnsupportedError;
  }

  foundRefused(): void {
    this.isRefused = true;
  }
}

async function run(
  deleter: FakeDeleter,
  objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
): Promise<string[]> {
  const results: DeleteResult[] = await Array.fromAsync(deleteInBatches(deleter, objects));
  return results.map(({ key, version, error }) =>
    key + (version === undefined ? "" : `@${version}`) + (error ? `: ${error.name}` : "")
  );
}

Deno.test("deleteInBatches() cuts keys into batches, and deletes one that is left by itself", async () => {
  const deleter = new FakeDeleter();
  assertEquals(await run(deleter, ["a", "b", "c", "d", "e"]), ["a", "b", "c", "d", "e"]);
  assertEquals(deleter.sent, ["a b", "c d", "e"]);
  assertEquals(await run(new FakeDeleter(), []), []);
});

Deno.test("deleteInBatches() deletes alone what a batch cannot hold, and sends nothing for a key that none can have", async () => {
  const deleter = new FakeDeleter();
  Object.assign(deleter, { max: 4 });
  const objects = ["a", { key: "b", ifMatch: "e" }, "bad", { key: "c", version: "1" }];
  assertEquals(await run(deleter, objects), ["a", "b", "bad: InvalidNameError", "c@1"]);
  assertEquals(deleter.sent, ["a c", "b=e"]);
  const [bad] = await Array.fromAsync(deleteInBatches(deleter, ["bad"]));
  assertEquals(
    bad?.error instanceof InvalidNameError && bad.error.message,
    'Cannot delete "x://c/bad": it is bad',
  );
});

Deno.test("deleteInBatches() tells every object of a batch its own outcome, also the same one twice", async () => {
  const deleter = new FakeDeleter((key) => key === "b" ? new PermissionDeniedError(call) : undefined);
  Object.assign(deleter, { max: 4 });
  const objects = ["a", "b", { key: "b", ifMatch: "e" }, "a"];
  assertEquals(await run(deleter, objects), [
    "a",
    "b: PermissionDeniedError",
    "b: PermissionDeniedError",
    "a",
  ]);
  assertEquals(deleter.sent, ["a b", "b=e"]);
});

Deno.test("deleteInBatches() sends no batch with the same object under two conditions", async () => {
  const deleter = new FakeDeleter((key, alone) =>
    key === "a" && alone ? new PreconditionFailedError(call) : undefined
  );
  Object.assign(deleter, { max: 4, fits: () => true });
  const objects = [{ key: "a", ifMatch: "1" }, { key: "a", ifMatch: "2" }, "b"];
  assertEquals(await run(deleter, objects), ["a", "a: PreconditionFailedError", "b"]);
  assertEquals(deleter.sent, ["a b", "a=2"]);
});

Deno.test("deleteInBatches() takes no key for an object with a condition, whatever it is called", async () => {
  const key = JSON.stringify(["a", null, "1"]);
  const deleter = new FakeDeleter((each) => each === key ? undefined : new PermissionDeniedError(call));
  Object.assign(deleter, { max: 4 });
  const objects = [key, { key: "a", ifMatch: "1" }];
  assertEquals(await run(deleter, objects), [key, "a: PermissionDeniedError"]);
});

Deno.test("deleteInBatches() tries alone what failed in a batch for a while only", async () => {
  const deleter = new FakeDeleter((key, alone) =>
    key === "b" && !alone ? new UnavailableError(call) : undefined
  );
  assertEquals(await run(deleter, ["a", "b"]), ["a", "b"]);
  assertEquals(deleter.sent, ["a b", "b"]);
});

Deno.test("deleteInBatches() gives the error of a failed batch to each of its objects, and goes on", async () => {
  const deleter = new FakeDeleter((key) => key === "a b" ? new PermissionDeniedError(call) : undefined);
  assertEquals(await run(deleter, ["a", "b", "c", "d"]), [
    "a: PermissionDeniedError",
    "b: PermissionDeniedError",
    "c",
    "d",
  ]);
  const [a, b] = await Array.fromAsync(deleteInBatches(deleter, ["a", "b"]));
  assertEquals([a, b].map((result) => result?.error instanceof StoreError && result.error.uri), [
    "x://c/a",
    "x://c/b",
  ]);
});

Deno.test("deleteInBatches() does without batches where they are refused, and remembers it once that works", async () => {
  const refused = new FakeDeleter((_, alone) => alone ? undefined : new UnsupportedError(call));
  assertEquals(await run(refused, ["a", "b"]), ["a", "b"]);
  assertEquals(refused.sent, ["a b", "a", "b"]);
  assertEquals(await run(refused, ["c", "d"]), ["c", "d"]);
  assertEquals(refused.sent.slice(3), ["c", "d"]);
  const broken = new FakeDeleter(() => new UnsupportedError(call));
  assertEquals(await run(broken, ["a", "b"]), ["a: UnsupportedError", "b: UnsupportedError"]);
  assertEquals(broken.isRefused, false);
});

Deno.test("deleteInBatches() tells what was sent before its objects failed, and then why they did", async () => {
  const deleter = new FakeDeleter();
  const told: string[] = [];
  await assertRejects(
    async () => {
      const objects = (async function* () {
        yield* ["a", "b", "c"];
        throw new Error("no more");
      })();
      for await (const { key } of deleteInBatches(deleter, objects)) told.push(key);
    },
    Error,
    "no more",
  );
  assertEquals([told, deleter.sent], [["a", "b"], ["a b"]]);
});

Deno.test("deleteInBatches() keeps two batches on their way, 16 single deletions in each", async () => {
  const gates: (() => void)[] = [];
  const deleter = new FakeDeleter((_, alone) =>
    alone ? new Promise((resolve) => gates.push(() => resolve(undefined))) : undefined
  );
  deleter.isRefused = true;
  Object.assign(deleter, { max: 20 });
  let asked = 0;
  const objects = (function* () {
    for (; asked < 100; asked++) yield String(asked);
  })();
  const results = deleteInBatches(deleter, objects)[Symbol.asyncIterator]();
  const first = results.next();
  await until(() => gates.length >= 32);
  for (let i = 0; i < 50; i++) await Promise.resolve();
  assertEquals([gates.length, asked], [32, 39]);
  let settled = false;
  const all = (async () => {
    await first;
    while (!(await results.next()).done);
    settled = true;
  })();
  while (!settled) {
    for (const open of gates.splice(0)) open();
    await Promise.race([all, new Promise<void>((resolve) => queueMicrotask(resolve))]);
  }
  assertEquals(deleter.sent.length, 100);
});

Deno.test("deleteInBatches() ends with the reason of its signal, and begins no further batch", async () => {
  const controller = new AbortController();
  const deleter = new FakeDeleter();
  const list = async () => {
    for await (const _ of deleteInBatches(deleter, ["a", "b", "c", "d", "e", "f", "g", "h"], controller)) {
      controller.abort("enough");
    }
  };
  assertEquals(await list().catch((reason) => reason), "enough");
  assertEquals(deleter.sent, ["a b", "c d"]);
  assertEquals(await list().catch((reason) => reason), "enough");
});

Deno.test("deleteInBatches() takes no more than one object after its signal was aborted", async () => {
  const controller = new AbortController();
  const deleter = new FakeDeleter();
  let taken = 0;
  const objects = (async function* () {
    for (; taken < 10; taken++) {
      if (taken === 3) controller.abort("enough");
      yield String(taken);
    }
  })();
  Object.assign(deleter, { max: 5 });
  const results = Array.fromAsync(deleteInBatches(deleter, objects, controller));
  assertEquals([await results.catch((reason) => reason), taken, deleter.sent], ["enough", 3, []]);
});

Deno.test("deleteInBatches() lets no single deletion wait for one that takes long, and sends 16 of a batch at a time", async () => {
  const slow = Promise.withResolvers<undefined>();
  let [running, most] = [0, 0];
  const deleter = new FakeDeleter(async (key) => {
    most = Math.max(most, ++running);
    if (key === "39") slow.resolve(undefined);
    await (key === "0" ? slow.promise : undefined);
    running--;
    return undefined;
  });
  Object.assign(deleter, { max: 40, isRefused: true });
  const keys = Array.from({ length: 40 }, (_, i) => `${i}`);
  assertEquals(await run(deleter, keys), keys);
  assertEquals([deleter.sent, most], [keys, 16]);
});
