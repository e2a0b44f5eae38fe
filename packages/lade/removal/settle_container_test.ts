import { assertEquals, assertRejects } from "@std/assert";
import {
  type DeleteResult,
  ForwardingStore,
  NotEmptyError,
  type ObjectStore,
  type Provider,
  Registry,
  ServiceError,
} from "@lade/core";
import { memoryProvider } from "@lade/core/memory";
import { Lade } from "../lade.ts";

/** A `Lade` whose stores fail to tell that `key` is deleted, though it is. */
function withoutAnswerFor(key: string): Lade {
  const inner = memoryProvider();
  const doubtful = (store: ObjectStore): ObjectStore =>
    new class extends ForwardingStore {
      override async *deleteMany(
        ...given: Parameters<ObjectStore["deleteMany"]>
      ): AsyncIterable<DeleteResult> {
        for await (const result of super.deleteMany(...given)) {
          const error = new ServiceError({ operation: "delete", uri: result.key, detail: "no answer" });
          yield result.key === key ? { ...result, error } : result;
        }
      }
    }(store);
  const provider: Provider = {
    schemes: inner.schemes,
    parse: (uri) => inner.parse(uri),
    format: (location) => inner.format(location),
    open: async (container, options) => doubtful(await inner.open(container, options)),
    createContainer: (container, options) => inner.createContainer(container, options),
    deleteContainer: (container, options) => inner.deleteContainer(container, options),
    listContainers: (options) => inner.listContainers(options),
  };
  const registry = new Registry().register({ schemes: ["memory"], load: () => Promise.resolve(provider) });
  return new Lade({ registry });
}

Deno.test("Lade.settleContainer() keeps the container where something in it could not be removed", async () => {
  await using lade = withoutAnswerFor("b");
  for (const key of ["a", "b", "c"]) await lade.put(`memory://m/${key}`, "1");
  const removal = await lade.settleContainer({ uri: "memory://m", force: true });
  const told = await Array.fromAsync(removal.run());
  assertEquals(told.map(({ uri, error }) => [uri, error?.constructor]), [
    ["memory://m/a", undefined],
    ["memory://m/b", ServiceError],
    ["memory://m/c", undefined],
  ]);
  assertEquals(await Array.fromAsync(lade.listContainers("memory")), ["memory://m"]);
});

Deno.test("Lade.settleContainer() without force leaves what holds something alone", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/a", "1");
  const removal = await lade.settleContainer({ uri: "memory://m" });
  await assertRejects(() => Array.fromAsync(removal.preview()), NotEmptyError, "it holds objects");
  await assertRejects(() => Array.fromAsync(removal.run()), NotEmptyError, "it holds objects");
  assertEquals(await lade.exists("memory://m/a"), true);
});

Deno.test("Lade.settleContainer() advises nothing that was done already where the service still finds something", async () => {
  const inner = memoryProvider();
  const refusing: Provider = {
    schemes: inner.schemes,
    parse: (uri) => inner.parse(uri),
    format: (location) => inner.format(location),
    open: async (container, options) =>
      new class extends ForwardingStore {
        override async *listVersions(): AsyncIterable<never> {}
      }(await inner.open(container, options)),
    createContainer: (container, options) => inner.createContainer(container, options),
    deleteContainer: () =>
      Promise.reject(
        new NotEmptyError({ operation: "delete", uri: "memory://m", detail: "the bucket is not empty" }),
      ),
    listContainers: (options) => inner.listContainers(options),
  };
  const registry = new Registry().register({ schemes: ["memory"], load: () => Promise.resolve(refusing) });
  await using lade = new Lade({ registry });
  const removal = await lade.settleContainer({ uri: "memory://m", force: true, versions: true });
  const error = await assertRejects(() => Array.fromAsync(removal.run()), NotEmptyError);
  assertEquals(error.advice?.includes("versions: true"), false, error.message);
  assertEquals(error.advice?.includes("abort unfinished uploads"), true, error.message);
});
