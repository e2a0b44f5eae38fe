import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  createStoreContext,
  type PendingUpload,
  PermissionDeniedError,
  type Provider,
  Registry,
  ServiceError,
  StoreError,
  UnavailableError,
} from "@lade/core";
import { openS3Store, s3Provider, type S3Store, type S3Surroundings } from "@lade/s3";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { FOREIGN_ANSWERS, type ForeignAnswer } from "@lade/testing/service";
import { ForeignServer } from "./foreign_server.ts";
import { hijack, type RequestMatch } from "./hijack.ts";
import { fakeConfig } from "./open_fake.ts";

/** What a call works with. */
interface Setup {
  readonly fake: FakeS3;
  readonly store: S3Store;
  readonly surroundings: S3Surroundings;
  /** An upload that was begun. */
  readonly upload: PendingUpload;
  /** The endpoint is known to name its answers. */
  readonly shown: boolean;
}

/** A provider of the setup, to which the endpoint has named an answer where it is known to. */
async function providerOf({ fake, surroundings, shown }: Setup): Promise<Provider> {
  const provider = s3Provider(surroundings);
  if (shown) {
    await using store = await provider.open("bucket", { config: { ...fakeConfig(fake) } });
    await store.head("key");
  }
  return provider;
}

/** A call, and which of its requests is answered by somebody else. */
interface Call {
  readonly meets: RequestMatch;
  readonly run: (setup: Setup) => Promise<unknown>;
}

const BYTES = new TextEncoder().encode("content");
const KEY = "/bucket/key";

const CALLS: Readonly<Record<string, Call>> = {
  "get()": {
    meets: ({ method, path }) => method === "GET" && path === KEY,
    run: ({ store }) => store.get("key").then((result) => result.readInto(new Uint8Array(1000))),
  },
  "abortUpload()": {
    meets: ({ method, query }) => method === "DELETE" && query.has("uploadId"),
    run: ({ store, upload }) => store.abortUpload("begun", upload.token),
  },
  "a part of copy()": {
    meets: ({ copies, query }) => copies && query.has("partNumber"),
    run: ({ fake, store }) => {
      const message =
        "The specified copy source is larger than the maximum allowable size for a copy source: 1";
      fake.faults.add({
        match: { operation: "CopyObject", times: Infinity },
        action: { kind: "status", status: 400, code: "InvalidRequest", message },
      });
      return store.copy("key", "new");
    },
  },
  "listUploads()": {
    meets: ({ method, query }) => method === "GET" && query.has("uploads"),
    run: ({ store }) => Array.fromAsync(store.listUploads()),
  },
  "resumePartWriter()": {
    meets: ({ method, query }) => method === "GET" && query.has("uploadId"),
    run: ({ store, upload }) => {
      const own = { checksum: "crc32c", checksumType: "FULL_OBJECT" };
      const token = JSON.stringify({ ...JSON.parse(upload.token), size: 8, partSize: 4, own });
      return store.resumePartWriter("begun", 8, token);
    },
  },
  "listParts()": {
    meets: ({ method, query }) => method === "GET" && query.has("uploadId"),
    run: ({ store, upload }) => Array.fromAsync(store.listParts("begun", upload.id)),
  },
  "listVersions()": {
    meets: ({ query }) => query.has("versions"),
    run: ({ store }) => Array.fromAsync(store.listVersions?.() ?? []),
  },
  "getTags()": {
    meets: ({ query }) => query.has("tagging"),
    run: ({ store }) => store.getTags?.("key") ?? Promise.resolve(),
  },
  "createContainer()": {
    meets: ({ method, path }) => method === "PUT" && /^\/made\/?$/.test(path),
    run: async (setup) =>
      (await providerOf(setup)).createContainer("made", { config: { ...fakeConfig(setup.fake) } }),
  },
  "deleteContainer()": {
    meets: ({ method, path }) => method === "DELETE" && /^\/bucket\/?$/.test(path),
    run: async (setup) =>
      (await providerOf(setup)).deleteContainer("bucket", { config: { ...fakeConfig(setup.fake) } }),
  },
  "listContainers()": {
    meets: ({ method, path }) => method === "GET" && path === "/",
    run: ({ fake, surroundings }) =>
      Array.fromAsync(s3Provider(surroundings).listContainers({ config: { ...fakeConfig(fake) } })),
  },
};

/** What is believed of an endpoint that has shown nothing yet, since there are services that answer so. */
const BELIEVED_AT_FIRST: Readonly<Record<string, readonly string[]>> = {
  "get()": ["the etag of another object"],
  "createContainer()": ["200 and nothing", "204", "the etag of another object"],
  "deleteContainer()": ["200 and nothing", "204", "the etag of another object"],
  "abortUpload()": ["200 and nothing", "204", "the etag of another object"],
};

/** Answers that say in the service's own words what failed. */
function expectedType(call: string, answer: string): abstract new (...args: never[]) => Error {
  // Its message tells that the upload stays behind.
  if (call === "abortUpload()") return UnavailableError;
  if (answer === "an error document with 200") return PermissionDeniedError;
  return ServiceError;
}

async function answered(
  call: Call,
  answer: ForeignAnswer,
  shown: boolean,
  check: (outcome: Promise<unknown>, setup: Setup) => Promise<void>,
): Promise<void> {
  await using fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1 });
  await using foreign = new ForeignServer();
  foreign.answer = answer;
  for (const key of ["key", "key2"]) fake.putObject("bucket", key, "old content");
  const on = { now: false };
  const surroundings = hijack(call.meets, foreign, on);
  const config = { ...fakeConfig(fake), multipart: { partSize: 4 } };
  const open = () =>
    openS3Store("bucket", { config, surroundings, context: createStoreContext({ random: () => 0 }) });
  await using other = await open();
  const writer = await other.createWriter("begun");
  await writer.write(BYTES);
  await using store = await open();
  if (shown) await store.head("key");
  const [upload] = await Array.fromAsync(other.listUploads());
  if (!upload) throw new Error("no upload is listed");
  on.now = true;
  const setup = { fake, store, surroundings, shown, upload };
  await check(call.run(setup), setup);
  on.now = false;
  await writer.abort();
}

for (const [callName, call] of Object.entries(CALLS)) {
  for (const shown of [false, true]) {
    const when = shown ? "an endpoint that named its answers before" : "an endpoint not known yet";
    Deno.test(`${callName} takes no answer of somebody else for the service's, at ${when}`, async () => {
      for (const [name, answer] of Object.entries(FOREIGN_ANSWERS)) {
        await answered(call, answer, shown, async (outcome, { fake }) => {
          if (!shown && BELIEVED_AT_FIRST[callName]?.includes(name)) {
            return void await outcome.catch(() => {});
          }
          const error = await assertRejects(() => outcome, StoreError, undefined, name);
          const type = expectedType(callName, name);
          assert(error instanceof type, `${name}: ${error}`);
          // Nothing was stored, removed or replaced.
          const objects = fake.objects("bucket").map(({ key }) => key).sort();
          assertEquals(objects, ["key", "key2"], name);
          assert(fake.uploads("bucket").length === 1, `${name}: uploads are left behind`);
        });
      }
    });
  }
}

Deno.test("a 404 or 403 of somebody else names its page, and where to look", async () => {
  for (const [name, status] of [["a page with 404", 404], ["a page with 403", 403]] as const) {
    const get = CALLS["get()"];
    const answer = FOREIGN_ANSWERS[name];
    assert(get && answer);
    await answered(get, answer, false, async (outcome) => {
      const error = await assertRejects(() => outcome, ServiceError);
      assertStringIncludes(
        error.message,
        `a ${status} that is not the service's: the page "Guest network"; check`,
      );
    });
  }
});

/** Runs a command while requests that match are answered by somebody else. */
async function runHijacked(
  answer: ForeignAnswer,
  meets: RequestMatch,
  line: string,
): Promise<{ code: number; file: string; objects: string[] }> {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  await using foreign = new ForeignServer();
  foreign.answer = answer;
  fake.putObject("bucket", "key", "object");
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/file`, "file");
    const registry = new Registry()
      .register({ schemes: ["file"], load: async () => (await import("@lade/fs/provider")).fileProvider })
      .register({
        schemes: ["s3"],
        load: () => Promise.resolve(s3Provider(hijack(meets, foreign, { now: true }))),
      });
    await using lade = new Lade({ registry, config: { s3: { ...fakeConfig(fake) } } });
    const code = await runCli(line.replaceAll("DIR", directory).split(" "), {
      terminal: new FakeTerminal({}),
      lade,
    });
    const file = await Deno.readTextFile(`${directory}/file`);
    const objects = fake.objects("bucket").map(({ key }) => key);
    return { code, file, objects };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("lade mv keeps its source whatever somebody else answers to the write or the read", async () => {
  for (const [name, answer] of Object.entries(FOREIGN_ANSWERS)) {
    // A service that was never heard of may answer a write by an etag alone.
    if (name !== "the etag of another object") {
      const up = await runHijacked(answer, ({ method }) => method === "PUT", "mv DIR/file s3://bucket/new");
      assert(up.code !== 0, `${name}: mv to the bucket succeeded`);
      assertEquals([up.file, up.objects], ["file", ["key"]], name);
    }
    const down = await runHijacked(
      answer,
      ({ method, path }) => method === "GET" && path === KEY,
      "mv s3://bucket/key DIR/file",
    );
    if (name === "the etag of another object") continue;
    assert(down.code !== 0, `${name}: mv from the bucket succeeded`);
    assertEquals([down.file, down.objects], ["file", ["key"]], name);
  }
});

Deno.test("lade rm fails when somebody else answers the deletion", async () => {
  for (const [name, answer] of Object.entries(FOREIGN_ANSWERS)) {
    const { code, objects } = await runHijacked(
      answer,
      ({ method }) => method === "DELETE",
      "rm s3://bucket/key",
    );
    // Whoever looked first heard the service name its answer; else a bare 200 or 204 is one.
    if (code === 0) assert(["204", "200 and nothing", "the etag of another object"].includes(name), name);
    assertEquals(objects, ["key"], name);
  }
});

/** Commands, and the answers that are believed of a service that is not known: it may answer so. */
const COMMANDS: readonly (readonly [line: string, believed: readonly string[]])[] = [
  ["cat s3://bucket/key", ["the etag of another object"]],
  ["get s3://bucket/key DIR/new", ["the etag of another object"]],
  ["get -r s3://bucket/ DIR/tree/", []],
  ["cp s3://bucket/key s3://bucket/new", []],
  ["mv s3://bucket/key s3://bucket/new", []],
  ["put DIR/file s3://bucket/new", ["the etag of another object"]],
  ["cp -r DIR s3://bucket/tree/", ["the etag of another object"]],
  ["rm s3://bucket/key", ["the etag of another object"]],
  ["rm -f s3://bucket/key", ["200 and nothing", "204", "the etag of another object"]],
  ["rm -r s3://bucket/tree/", []],
  ["rm -rf s3://bucket/tree/", []],
  ["ls s3://bucket/", []],
  ["ls s3://", []],
  ["ls -r s3://bucket/key", []],
  ["du s3://bucket/", []],
  ["stat s3://bucket/key", ["the etag of another object"]],
  ["mb s3://made", ["200 and nothing", "204", "the etag of another object"]],
  ["rb s3://bucket", ["200 and nothing", "204", "the etag of another object"]],
  ["rb -f s3://bucket", []],
];

for (const [line, believed] of COMMANDS) {
  Deno.test(`lade ${line} fails where somebody else answers everything`, async () => {
    for (const [name, answer] of Object.entries(FOREIGN_ANSWERS)) {
      if (believed.includes(name)) continue;
      const { code, file, objects } = await runHijacked(answer, () => true, line);
      assert(code !== 0, `${name}: it succeeded`);
      assertEquals([file, objects], ["file", ["key"]], name);
    }
  });
}
