import {
  type CopyOptions,
  createStoreContext,
  objectUri,
  type ProviderOptions,
  Sessions,
} from "@lade/core/backend";
import {
  AlreadyExistsError,
  InvalidNameError,
  NotEmptyError,
  NotFoundError,
  PreconditionFailedError,
  UnsupportedError,
} from "@lade/core/errors";
import { observe, PrefixStore } from "@lade/core/layers";
import { expect, expectBytes, expectEqual, expectError, expectReason } from "../expect.ts";
import type { ProviderCase, ProviderContext } from "../provider_case.ts";
import { bytesIn, bytesOf, collect, namesIn, sampleBytes, textOf } from "../samples.ts";
import { mergeConfigs, SettingText } from "@lade/core/settings";

const KEYS = ["", "a", "a/b", "dir/", "a b", "100%", "%20", "a?b#c", "a*[b]", "ö/鍵/😀", "a+b&c=d", "a:b@c"];

/** Every promise of the contract that a provider can be asked about. */
export const providerCases: readonly ProviderCase[] = [
  {
    name: "schemes are lower case and without a colon",
    async run({ provider }) {
      expect(provider.schemes.length > 0, "there are no schemes");
      for (const scheme of provider.schemes) {
        expect(/^[a-z][a-z0-9+.-]*$/.test(scheme), `a scheme is ${scheme}`);
      }
    },
  },
  {
    name: "parse() gives back what format() was given",
    async run({ provider, newName, options }) {
      const container = newName();
      for (const key of KEYS) {
        const uri = provider.format({ container, key });
        expect(provider.schemes.some((scheme) => uri.startsWith(`${scheme}://`)), `the uri is ${uri}`);
        expectEqual({ ...provider.parse(uri, options?.config) }, { container, key }, `the parts of ${uri}`);
      }
    },
  },
  {
    name: "parse() takes the scheme in any case",
    async run({ provider, newName, options }) {
      const location = { container: newName(), key: "a/b" };
      const uri = provider.format(location).replace(/^[a-z]+/, (scheme) => scheme.toUpperCase());
      expectEqual({ ...provider.parse(uri, options?.config) }, location, `the parts of ${uri}`);
    },
  },
  {
    name: "parse() of a URI that names no container or a forbidden name is an InvalidNameError",
    async run({ provider, newName, options }) {
      const forbidden = `${provider.format({ container: newName(), key: "dir/" })}\ud83d`;
      for (const uri of [`${provider.schemes[0]}://`, "nothing", "other-scheme://a/b", forbidden]) {
        const parse = async () => provider.parse(uri, options?.config);
        await expectError(parse, InvalidNameError, `parse() of ${JSON.stringify(uri)}`);
      }
    },
  },
  {
    name: "spellings() are other URIs of one location, and accountOf() takes none of them for an account",
    async run({ provider, newName, options }) {
      const location = { container: newName(), key: "a/b" };
      const uri = provider.format(location);
      const spellings = provider.spellings?.(location);
      expect(spellings?.includes(uri) ?? true, `${uri} is not among ${spellings}`);
      for (const each of [uri, provider.format({ ...location, key: "" })]) {
        const account = provider.accountOf?.(each, options?.config);
        expect(account === undefined, `${each} is taken for the account ${account}`);
      }
    },
  },
  {
    name: "urls claim no URL of a host that is none of the provider's",
    async run({ provider, options }) {
      for (const host of ["unknown.invalid", "localhost:1", "[::1]:1"]) {
        for (const secure of [true, false]) {
          const url = { text: `https://${host}/container/key`, secure, host, path: "/container/key" };
          const claimed = await provider.urls?.claim(url, () => options?.config);
          expect(claimed === undefined, `${host} is claimed`);
        }
      }
    },
  },
  {
    name: "open() gives the store of a container, each time the same objects",
    async run(context) {
      const { provider, options } = context;
      const container = await created(context);
      await using store = await provider.open(container, options);
      await using again = await provider.open(container, options);
      await store.put("dir/object", bytesOf("content"));
      expectEqual(await textOf(again, "dir/object"), "content", "the object");
      expectEqual(
        objectUri(store.uri, "a/b"),
        provider.format({ container, key: "a/b" }),
        "the uri of an object",
      );
      await store.delete("dir/object");
    },
  },
  {
    name: "open() gives stores that share nothing but what they are given",
    async run(context) {
      const { provider, options } = context;
      await using one = await provider.open(await created(context), options);
      await using two = await provider.open(await created(context), options);
      await one.put("object", bytesOf("content"));
      expectEqual(await namesIn(two.list()), [], "the keys of another container");
      await one.delete("object");
    },
  },
  {
    name: "open() uses the context it is given",
    async run(providerContext) {
      const { provider, options } = providerContext;
      const context = createStoreContext();
      await using store = await provider.open(await created(providerContext), { ...options, context });
      expect(store.context === context, "the store has another context");
    },
  },
  {
    name: "stores that share sessions work on when another one, or who gave them, is disposed",
    async run(context) {
      const { provider } = context;
      const sessions = new Sessions();
      const options = { ...context.options, sessions };
      const container = await created({ ...context, options });
      await using one = await provider.open(container, options);
      await using two = await provider.open(container, options);
      await one.put("object", bytesOf("content"));
      await one[Symbol.asyncDispose]();
      expectEqual(await textOf(two, "object"), "content", "the object after the other store was disposed");
      await sessions[Symbol.asyncDispose]();
      expectEqual(await textOf(two, "object"), "content", "the object after the sessions were disposed");
      await two.delete("object");
    },
  },
  {
    name: "open() with configuration of an unknown name is a TypeError that tells it",
    async run(context) {
      const { provider, options } = context;
      const config = { ...options?.config, noSuchSetting: 1 };
      const open = async () => await provider.open(await created(context), { ...options, config });
      const error = await expectError(open, TypeError, "open()");
      expect(error.message.includes("noSuchSetting"), `the message is ${error.message}`);
    },
  },
  {
    name:
      "open() with configuration of an unknown name tells it also where it was written as text, and not its value",
    async run(context) {
      const { provider, options } = context;
      const config = { ...options?.config, noSuchSetting: new SettingText("unseen-value", "--config") };
      const open = async () => await provider.open(await created(context), { ...options, config });
      const error = await expectError(open, TypeError, "open()");
      expect(error.message.includes("noSuchSetting"), `the message is ${error.message}`);
      expect(!error.message.includes("unseen-value"), `the message is ${error.message}`);
    },
  },
  {
    name: "open() takes a configuration whose values say where they were said, and settings() tells it",
    async run(context) {
      const { provider, options } = context;
      const source = "the configuration of a prefix";
      const layer = { name: "prefix", source, config: options?.config ?? {} };
      const config = provider.settingTable && mergeConfigs(provider.settingTable, [layer]);
      await using store = await provider.open(await created(context), {
        ...options,
        ...(config && { config }),
      });
      await store.put("object", bytesOf("content"));
      expectEqual(await textOf(store, "object"), "content", "the object");
      await store.delete("object");
      const shown = await provider.settings?.(store) ?? [];
      for (const { name, source: told } of shown.filter(({ name }) => config && name in config)) {
        expectEqual(told, source, `where ${name} came from`);
      }
    },
  },
  {
    name: "settings() tells names, values and sources of what holds for a store, and no secret",
    async run(context) {
      const { provider, options } = context;
      await using store = await provider.open(await created(context), options);
      const shown = await provider.settings?.(store) ?? [];
      for (const { name, value, source } of shown) {
        expect([name, value, source].every((text) => text !== ""), `a setting is ${name} ${value} ${source}`);
      }
      const told = JSON.stringify(shown);
      for (const secret of secretsIn(options?.config)) {
        expect(!told.includes(secret), "a secret of the configuration is shown");
      }
    },
  },
  {
    name: "open() of a missing container succeeds, and the first call to it is a NotFoundError",
    async run({ provider, newName, options }) {
      await using store = await provider.open(newName(), options);
      await expectError(() => store.get("object"), NotFoundError, "get()");
      await expectError(() => store.head("object"), NotFoundError, "head()");
      await expectError(() => store.put("object", bytesOf("x")), NotFoundError, "put()");
      await expectError(() => collect(store.list()), NotFoundError, "list()");
      const level = () => collect(store.listWithDelimiter());
      await expectError(level, NotFoundError, "listWithDelimiter()");
    },
  },
  {
    name: "createContainer() of one that exists is an AlreadyExistsError, and keeps its objects",
    async run(context) {
      const { provider, options } = context;
      const container = await created(context);
      await using store = await provider.open(container, options);
      await store.put("object", bytesOf("content"));
      const create = () => provider.createContainer(container, options);
      await expectError(create, AlreadyExistsError, "createContainer()");
      expectEqual(await textOf(store, "object"), "content", "the object");
      await store.delete("object");
    },
  },
  {
    name: "deleteContainer() deletes an empty container: calls to it are NotFoundErrors",
    async run(context) {
      const { provider, options } = context;
      const container = await created(context);
      await using store = await provider.open(container, options);
      await store.put("object", bytesOf("x"));
      await store.delete("object");
      await provider.deleteContainer(container, options);
      await expectError(() => store.put("object", bytesOf("x")), NotFoundError, "put()");
      await expectError(() => collect(store.list()), NotFoundError, "list()");
    },
  },
  {
    name: "deleteContainer() of one that holds objects is a NotEmptyError, and keeps them",
    async run(context) {
      const { provider, options } = context;
      const container = await created(context);
      await using store = await provider.open(container, options);
      await store.put("dir/object", bytesOf("content"));
      const remove = () => provider.deleteContainer(container, options);
      await expectError(remove, NotEmptyError, "deleteContainer()");
      expectEqual(await textOf(store, "dir/object"), "content", "the object");
      await store.delete("dir/object");
    },
  },
  {
    name: "deleteContainer() of a missing one is a NotFoundError",
    async run({ provider, newName, options }) {
      const remove = () => provider.deleteContainer(newName(), options);
      await expectError(remove, NotFoundError, "deleteContainer()");
    },
  },
  {
    name: "listContainers() gives the containers there are, or is an UnsupportedError",
    async run(context) {
      const { provider, options } = context;
      const container = await created(context);
      const listed = await collect(provider.listContainers(options)).catch((error) => {
        expect(error instanceof UnsupportedError, `listContainers() gives ${error}`);
      });
      if (!listed) return;
      expect(listed.includes(container), `${container} is not among ${listed}`);
      await provider.deleteContainer(container, options);
      const left = await collect(provider.listContainers(options));
      expect(!left.includes(container), `${container} is listed after deleteContainer()`);
    },
  },
  {
    name: "copyFrom() between two containers keeps bytes, attributes and tags, and holds conditions",
    async run(context) {
      const { provider, options } = context;
      await using from = await provider.open(await created(context), options);
      await using to = await provider.open(await created(context), options);
      if (!to.copyFrom) return;
      const { attributes, tags } = from.capabilities;
      await from.put("dir/from", sampleBytes(5000), {
        ...(attributes === true &&
          { contentType: "text/csv", contentLanguage: "de", metadata: { name: "ö" } }),
        ...(tags === true && { tags: { project: "x" } }),
      });
      const { etag: sourceEtag = "" } = await from.head("dir/from");
      const seen = new PrefixStore(observe(from, () => {}), "dir/");
      const copied = await to.copyFrom(seen, "from", "sub/to");
      expectEqual(
        [copied?.size, copied?.sourceEtag ?? sourceEtag],
        [5000, sourceEtag],
        "what copyFrom() tells",
      );
      expectBytes(await bytesIn(to, "sub/to"), sampleBytes(5000), "the copy");
      expectBytes(await bytesIn(from, "dir/from"), sampleBytes(5000), "the source");
      const info = await to.head("sub/to");
      if (attributes === true) {
        const found = [info.contentType, info.contentLanguage, info.metadata];
        expectEqual<unknown>(found, ["text/csv", "de", { name: "ö" }], "the attributes");
      }
      if (tags === true) expectEqual(await to.getTags?.("sub/to"), { project: "x" }, "the tags");
      expectEqual(copied?.etag ?? info.etag, info.etag, "the etag that copyFrom() tells");
      const again = (more: CopyOptions) => () =>
        to.copyFrom?.(from, "dir/from", "sub/to", more) ?? Promise.reject();
      if (to.capabilities.conditionalCopy === true) {
        await expectError(again({ ifNoneMatch: "*" }), AlreadyExistsError, "copyFrom() onto what exists");
      }
      await expectError(again({ sourceIfMatch: "other" }), PreconditionFailedError, "copyFrom() of another");
      const missing = () => to.copyFrom?.(from, "missing", "new") ?? Promise.reject();
      const error = await expectError(missing, NotFoundError, "copyFrom() of a missing object");
      expectEqual(error.uri, objectUri(from.uri, "missing"), "the error's uri");
      expectEqual(await namesIn(to.list()), ["sub/to"], "the keys");
      await from.delete("dir/from");
      await to.delete("sub/to");
    },
  },
  {
    name: "an aborted call on containers rejects with the signal's reason and does nothing",
    async run(context) {
      const { provider, newName } = context;
      const container = await created(context);
      const fresh = newName();
      const reason = new Error("stop");
      const options: ProviderOptions = { ...context.options, signal: AbortSignal.abort(reason) };
      await expectReason(() => provider.open(container, options), reason, "open()");
      await expectReason(() => provider.createContainer(fresh, options), reason, "createContainer()");
      await expectReason(() => provider.deleteContainer(container, options), reason, "deleteContainer()");
      const remove = () => provider.deleteContainer(fresh, context.options);
      await expectError(remove, NotFoundError, "deleteContainer() of what was not created");
      await provider.deleteContainer(container, context.options);
    },
  },
];

async function created({ provider, newName, options }: ProviderContext): Promise<string> {
  const container = newName();
  await provider.createContainer(container, options);
  return container;
}

/** The texts in a configuration whose names say that they are secret. */
function secretsIn(value: unknown, name = ""): string[] {
  if (typeof value === "string") return /secret|token|password|key$/i.test(name) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([inner, each]) => secretsIn(each, inner));
}
