import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Provider } from "../contract/provider.ts";
import type { ServiceUrl } from "../contract/url_claims.ts";
import { InvalidNameError } from "../errors/errors.ts";
import { memoryProvider } from "../memory/memory_provider.ts";
import { Registry } from "./registry.ts";

Deno.test("Registry loads a provider when its scheme is first used, once", async () => {
  let loads = 0;
  const registry = new Registry().register({
    schemes: ["memory"],
    load: () => (loads++, Promise.resolve(memoryProvider())),
  });
  assertEquals(loads, 0);
  const { store, key } = await registry.open("memory://name/a/b");
  assertEquals([store.uri, key], ["memory://name", "a/b"]);
  await registry.open("MEMORY://name/a");
  assertEquals(loads, 1);
  assertStrictEquals(store.context, registry.context);
});

Deno.test("Registry tries again when a provider failed to load", async () => {
  let loads = 0;
  const registry = new Registry().register({
    schemes: ["memory"],
    load: () => loads++ === 0 ? Promise.reject(new Error("offline")) : Promise.resolve(memoryProvider()),
  });
  await assertRejects(() => registry.open("memory://a/b"), Error, "offline");
  await registry.open("memory://a/b");
});

Deno.test("Registry names the schemes it knows when a URI has another", async () => {
  const registry = new Registry().register(memoryProvider());
  await assertRejects(
    () => registry.open("ftp://host/file"),
    InvalidNameError,
    'Cannot open "ftp://host/file": unknown scheme "ftp", known are memory',
  );
  for (const wrong of ["", "plain", "://x", "1x://y"]) {
    await assertRejects(() => registry.open(wrong), InvalidNameError, "scheme://container/key");
  }
  await assertRejects(() => registry.open("memory:/x"), InvalidNameError, 'write "memory://x"');
});

Deno.test("Registry says how a URI of another program's is written, where it knows the scheme", async () => {
  const memory = { ...loadedMemory(), schemes: ["s3", "az", "abfss"] };
  const cases: readonly (readonly [uri: string, advice: string | undefined])[] = [
    ["s3a://bucket/a", 'write "s3://bucket/a"'],
    ["wasbs://photos@mine.blob.core.windows.net/a/b", 'write "az://mine.blob.core.windows.net/photos/a/b"'],
    ["wasb://photos@mine.blob.core.windows.net", 'write "az://mine.blob.core.windows.net/photos/"'],
    ["azure://photos/a", 'write "az://photos/a"'],
    ["adl://mine.azuredatalakestore.net/a", 'write "abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/a"'],
    ["ftp://host/a", undefined],
  ];
  for (const [uri, advice] of cases) {
    const error = await assertRejects(() => new Registry().register(memory).provider(uri), InvalidNameError);
    assertEquals(error.advice, advice, uri);
    const unknown = await assertRejects(() => new Registry().provider(uri), InvalidNameError);
    assertEquals(unknown.advice, undefined, uri);
  }
});

Deno.test("Registry finds what is configured by any spelling of a location, and parses by what is as it was written", async () => {
  const { provider, parsed } = spelled();
  const registry = new Registry().register(provider);
  const asked: (readonly string[])[] = [];
  const layersOf = (uris: readonly string[]) => {
    asked.push(uris);
    return [{ name: uris.join(" "), source: "option", config: { by: uris.length } }];
  };
  const resolved = await registry.resolve("memory://name/a", layersOf);
  assertEquals(asked, [["memory://name/a"], ["memory://name/a", "memory://alias/a"]]);
  assertEquals(parsed, [{ by: 1 }]);
  assertEquals([resolved.config, resolved.configured], [{ by: 2 }, "memory://name/a memory://alias/a"]);
});

Deno.test("Registry.resolveAccount() finds schemes and accounts, and no container", async () => {
  const registry = new Registry().register(spelled().provider);
  const accounts = await Promise.all(
    ["memory://", "memory://account", "memory://name/a"].map(async (uri) => {
      const found = await registry.resolveAccount(uri, () => []);
      return found && [found.account];
    }),
  );
  assertEquals(accounts, [[undefined], ["account"], undefined]);
  assertEquals(await new Registry().register(memoryProvider()).resolveAccount("memory://name"), undefined);
});

function loadedMemory() {
  return { load: () => Promise.resolve(memoryProvider()) };
}

/** A provider whose containers have another name too, with an account; and what it was given to parse by. */
function spelled() {
  const [memory, parsed] = [memoryProvider(), [] as unknown[]];
  const provider: Provider = {
    schemes: memory.schemes,
    parse: (uri, config) => (parsed.push(config), memory.parse(uri)),
    format: (location) => memory.format(location),
    spellings: ({ key }) => [`memory://name/${key}`, `memory://alias/${key}`],
    accountOf: (uri) => uri === "memory://account" ? "account" : undefined,
    open: (...given) => memory.open(...given),
    createContainer: (...given) => memory.createContainer(...given),
    deleteContainer: (...given) => memory.deleteContainer(...given),
    listContainers: (...given) => memory.listContainers(...given),
  };
  return { provider, parsed };
}

Deno.test("Registry refuses a scheme that is taken", () => {
  const registry = new Registry().register(memoryProvider());
  assertThrows(() => registry.register(memoryProvider()), TypeError, "registered already");
});

/** A provider that is never loaded, and claims the URLs of some hosts. */
function claiming(scheme: string, hosts: readonly string[]) {
  const asked: string[] = [];
  return {
    asked,
    schemes: [scheme],
    load: () => Promise.reject(new Error(`${scheme} was loaded`)),
    loadUrls: () =>
      Promise.resolve({
        forms: hosts.map((host) => `https://${host}/`),
        claim: ({ host, path }: ServiceUrl) => {
          asked.push(host);
          const uri = `memory://name${path}`;
          return Promise.resolve(hosts.includes(host) ? { uri, config: { by: scheme } } : undefined);
        },
      }),
  };
}

Deno.test("Registry resolves a URL by the one provider that claims it, and loads no other", async () => {
  const [a, b] = [claiming("a", ["a.example"]), claiming("b", ["b.example"])];
  const registry = new Registry().register(memoryProvider()).register(a).register(b);
  const layers = [{ name: "memory", source: "option", config: { by: "option", more: 1 } }];
  const resolved = await registry.resolve("https://A.example/x/y", () => layers);
  assertEquals([resolved.container, resolved.key], ["name", "x/y"]);
  assertEquals(resolved.config, { by: "a", more: 1 });
  assertEquals(resolved.configured, '{"by":"a"} memory');
  assertEquals([a.asked, b.asked], [["a.example"], ["a.example"]]);
});

Deno.test("Registry refuses a URL that nobody claims, or several do, and names them", async () => {
  const registry = new Registry().register(memoryProvider())
    .register(claiming("a", ["a.example", "both.example"])).register(claiming("b", ["both.example"]));
  await assertRejects(
    () => registry.resolve("https://c.example/k?sig=hush"),
    InvalidNameError,
    'Cannot open "https://c.example/k": no store serves the host "c.example", known are https://a.example/, ' +
      "https://both.example/",
  );
  await assertRejects(
    () => registry.resolve("https://both.example/k"),
    InvalidNameError,
    'a:// and b:// claim the host "both.example"',
  );
});

Deno.test("Registry leaves URLs to a provider of their scheme", async () => {
  const registry = new Registry().register(claiming("a", ["a.example"]))
    .register({ schemes: ["https"], load: () => Promise.reject(new Error("https was loaded")) });
  await assertRejects(() => registry.resolve("https://a.example/k"), Error, "https was loaded");
});

Deno.test("Registry tells what is wrong with a configuration only where no other provider claims the URL", async () => {
  const wrong = claiming("wrong", []);
  const loadUrls = () =>
    Promise.resolve({ forms: [], claim: () => Promise.reject(new TypeError("there is no profile")) });
  const registry = new Registry().register(memoryProvider()).register({ ...wrong, loadUrls })
    .register(claiming("a", ["a.example"]));
  assertEquals((await registry.resolve("https://a.example/k")).key, "k");
  await assertRejects(() => registry.resolve("https://b.example/k"), TypeError, "there is no profile");
});
