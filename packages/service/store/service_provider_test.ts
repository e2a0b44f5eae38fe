import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, type Provider } from "@lade/core/backend";
import { MemoryStore } from "@lade/core/memory";
import { serviceProvider } from "./service_provider.ts";
import { ServiceStore } from "./service_store.ts";
import { type ServiceTarget, serviceTarget } from "./service_target.ts";

/** A provider that notes what becomes of its places; `fails` is what is done to a container without success. */
function start(
  fails?: string,
  settings = (name: string) => Promise.resolve([{ name: "place", value: name, source: "a test" }]),
): { readonly provider: Provider; readonly done: string[] } {
  const done: string[] = [];
  const targetOf = (name: string): ServiceTarget =>
    serviceTarget({
      uri: `toy://${name}`,
      capabilities: new MemoryStore().capabilities,
      context: createStoreContext(),
      partSize: 1,
      keyFault: () => undefined,
      metadataNameFault: () => undefined,
      settings: () => settings(name),
    });
  const note = async (what: string) => {
    done.push(what);
    if (what === fails) throw new Error(what);
  };
  const provider = serviceProvider<ServiceTarget, { readonly size?: number }, { readonly around: string }>({
    schemes: ["toy"],
    parse: () => ({ container: "a", key: "" }),
    format: ({ container }) => `toy://${container}`,
    surroundings: { around: "all" },
    check(config) {
      if (!Object.keys(config).every((name) => name === "size")) throw new TypeError("no such option");
    },
    open: async (container, { config, surroundings }) => {
      done.push(`open ${container} ${config?.size} ${surroundings?.around}`);
      return new ServiceStore(targetOf(container), {} as never, () => Promise.resolve());
    },
    async connect(operation, container, _options, account) {
      const name = container ?? account ?? "own";
      done.push(`connect to ${operation} ${name}`);
      return { target: targetOf(name), close: () => note(`close ${name}`) };
    },
    containers: () =>
      Promise.resolve({
        create: ({ uri }) => note(`create ${uri}`),
        delete: ({ uri }) => note(`delete ${uri}`),
        list: async function* ({ uri }) {
          yield* ["b", "c"];
          await note(`list ${uri}`);
        },
      }),
    diagnosis: () =>
      Promise.resolve(async function* (container, { prefix, write }) {
        yield { name: container, outcome: "ok", detail: `${prefix} ${write}` };
      }),
  });
  return { provider, done };
}

Deno.test("a provider of a service opens a place for a call about containers, and closes it, also where it fails", async () => {
  const { provider, done } = start("delete toy://a");
  const shown: unknown[] = [];
  await provider.createContainer("a", { onSettings: (settings) => shown.push(...settings) });
  await assertRejects(() => provider.deleteContainer("a"), Error, "delete toy://a");
  assertEquals(await Array.fromAsync(provider.listContainers({ account: "x" })), ["b", "c"]);
  for await (const _ of provider.listContainers()) break;
  assertEquals(shown, [{ name: "place", value: "a", source: "a test" }]);
  assertEquals(done, [
    ...["connect to create a", "create toy://a", "close a"],
    ...["connect to delete a", "delete toy://a", "close a"],
    ...["connect to list x", "list toy://x", "close x", "connect to list own", "close own"],
  ]);
});

Deno.test("a provider of a service looks for settings no longer than the signal lets it, and closes the place", async () => {
  const { provider, done } = start(undefined, () => new Promise(() => {}));
  const stop = new AbortController();
  const onSettings = () => void done.push("settings");
  const making = provider.createContainer("a", { onSettings, signal: stop.signal });
  setTimeout(() => stop.abort(new Error("stopped")));
  await assertRejects(() => making, Error, "stopped");
  assertEquals(done, ["connect to create a", "close a"]);
});

Deno.test("a provider of a service checks options first, and tells settings of its stores alone", async () => {
  const { provider, done } = start();
  for (const call of [provider.open, provider.createContainer, provider.deleteContainer]) {
    await assertRejects(() => call("a", { config: { colour: 1 } }), TypeError, "no such option");
  }
  assertEquals(done, []);
  const store = await provider.open("a", { config: { size: 1 } });
  assertEquals(done, ["open a 1 all"]);
  assertEquals((await provider.settings?.(store))?.map(({ value }) => value), ["a"]);
  assertEquals(await provider.settings?.(new MemoryStore()), []);
  const checks = await Array.fromAsync(
    provider.diagnose?.({ container: "a", key: "p" }, { write: true }) ?? [],
  );
  assertEquals(checks, [{ name: "a", outcome: "ok", detail: "p true" }]);
});
