import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
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
