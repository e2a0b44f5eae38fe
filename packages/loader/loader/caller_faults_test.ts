import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { epoch, range } from "../testing/range_dataset.ts";
import { createLoader } from "./create_loader.ts";
import { SampleError } from "./sample_error.ts";

Deno.test("batches that are asked for at once each come once, in order", async () => {
  await using loader = createLoader(range(40), { batchSize: 10, epochs: 1 });
  const loop = loader[Symbol.asyncIterator]();
  const asked = await Promise.all(Array.from({ length: 6 }, () => loop.next()));
  assertEquals(asked.map(({ value }) => value?.data[0]), [0, 10, 20, 30, undefined, undefined]);
  assertEquals(loader.stats().samples, 40);
});

Deno.test("what is thrown may be anything", async () => {
  const thrown = [undefined, null, "text", Symbol("sign"), Object.create(null), {
    toString() {
      throw new Error("no text");
    },
  }];
  for (const cause of thrown) {
    await using loader = createLoader(range(4), {
      transform: (sample) => {
        if (sample === 2) throw cause;
        return sample;
      },
    });
    const error = await assertRejects(() => epoch(loader), SampleError, "Cannot load sample 2");
    assertEquals(error.cause, cause);
    assertEquals(loader.state().position, 2);
  }
});

Deno.test("a verdict about a failure that is none skips nothing", async () => {
  const failing = range(
    4,
    (index) => index === 2 ? Promise.reject(new Error("gone")) : Promise.resolve(index),
  );
  assertThrows(() => createLoader(failing, { onError: "ship" as "skip" }), TypeError, 'onError "ship"');
  for (const verdict of [undefined, "ship", Promise.resolve("fail")]) {
    await using loader = createLoader(failing, { onError: () => verdict as "skip" });
    const error = await assertRejects(() => epoch(loader), TypeError, "onError gave");
    assert(error.cause instanceof SampleError);
    assertEquals(loader.state().position, 2);
  }
});

Deno.test("an abort does not wait for a transformation or collation that never settles", async () => {
  for (const work of ["transform", "collate"] as const) {
    const store = await numbersStore(100);
    const stop = new AbortController();
    const begun = Promise.withResolvers<void>();
    const never = () => {
      begun.resolve();
      return new Promise<never>(() => {});
    };
    await using loader = createLoader(numbersDataset(store, 100), {
      batchSize: 16,
      signal: stop.signal,
      [work]: never,
    });
    const going = assertRejects(() => epoch(loader), DOMException, "enough");
    await begun.promise;
    stop.abort(new DOMException("enough", "AbortError"));
    await going;
    assertEquals(store.context.budget.held, 0);
  }
});

Deno.test("a batch's memory is allocated while it is collated, and not later", async () => {
  const store = await numbersStore(100);
  let later: ((bytes: number) => unknown) | undefined;
  await using loader = createLoader(numbersDataset(store, 100), {
    batchSize: 16,
    collate: (_, allocate) => {
      later = allocate;
      return 0;
    },
  });
  for await (const _ of loader) assertThrows(() => later?.(10), TypeError, "once its collation is over");
  assertEquals(store.context.budget.held, 0);
});
