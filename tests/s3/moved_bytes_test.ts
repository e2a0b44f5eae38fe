import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ChecksumMismatchError,
  copyObject,
  MemoryContainer,
  MemoryStore,
  moveObject,
  type ObjectStore,
  observe,
  PrefixStore,
} from "@lade/core";
import { injectFaults } from "@lade/testing";
import { openFileStore } from "@lade/fs";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import type { FakeS3 } from "../fakes/s3/mod.ts";
import { noise } from "./noise.ts";
import { type OpenedFake, openFake, type OpenFakeOptions } from "./open_fake.ts";

const QUICK: OpenFakeOptions = { context: { random: () => 0 }, server: { defaultChecksum: false } };
const SMALL = 1000;
/** More than one chunk. */
const LARGE = 8 * 2 ** 20 + 2 ** 19;
/** No MD5 of anything here. */
const OTHER = "0123456789abcdef0123456789abcdef";
const KEY = { ETag: OTHER, bytes: noise(SMALL) } as const;

/** A place that objects are moved to. */
interface Target extends AsyncDisposable {
  readonly store: ObjectStore;
}

const TARGETS: Readonly<Record<string, () => Promise<Target>>> = {
  memory: () => {
    const store = new MemoryStore({ container: new MemoryContainer() });
    return Promise.resolve({ store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() });
  },
  "another endpoint": () => openFake(QUICK),
  files: async () => {
    const directory = await TemporaryDirectory.make();
    const store = await openFileStore(directory.path);
    return {
      store,
      [Symbol.asyncDispose]: async () => {
        await store[Symbol.asyncDispose]();
        await directory[Symbol.asyncDispose]();
      },
    };
  },
};

/** Opens a fake with the object `x`, without a checksum and with its MD5 for an etag. */
async function openWith(size: number): Promise<OpenedFake> {
  const opened = await openFake(QUICK);
  opened.fake.putObject("bucket", "x", noise(size));
  return opened;
}

/** Has the endpoint show that its etags are MD5 sums. */
async function showMd5({ fake, store }: OpenedFake): Promise<void> {
  fake.settings.checksums = false;
  await store.put("shown", noise(10));
  fake.settings.checksums = true;
  fake.requests.length = 0;
}

/** Flips a bit of the nth answers, counted from here. */
function flip(fake: FakeS3, ...answers: readonly (readonly [nth: number, atByte: number])[]): void {
  for (const [nth, atByte] of answers) {
    fake.faults.add({ match: { operation: "GetObject", nth }, action: { kind: "flip", atByte } });
  }
}

function readsOf(fake: FakeS3): number {
  return fake.requests.filter(({ operation }) => operation === "GetObject").length;
}

async function bytesOf(store: ObjectStore, key: string): Promise<Uint8Array> {
  const result = await store.get(key);
  const bytes = new Uint8Array(result.range.length);
  await result.readInto(bytes);
  return bytes;
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  return (await Array.fromAsync(store.list(""))).map(({ key }) => key);
}

for (const [name, open] of Object.entries(TARGETS)) {
  for (const [what, size, perRead] of [["one answer", SMALL, 1], ["several", LARGE, 2]] as const) {
    Deno.test(`moveObject() to ${name} reads again what a flipped bit made other than its etag, in ${what}`, async () => {
      for (let nth = 1; nth <= perRead; nth++) {
        await using opened = await openWith(size);
        await using to = await open();
        flip(opened.fake, [nth, 500]);
        const { copied } = await moveObject(opened.store, "x", to.store, "y");
        assertEquals(await bytesOf(to.store, "y"), noise(size));
        assertEquals([copied?.read?.verified, Object.keys(copied?.read?.checksums ?? {})], [true, ["md5"]]);
        assertEquals(opened.fake.object("bucket", "x"), undefined);
      }
    });

    Deno.test(`moveObject() to ${name} keeps the source when two reads differ from its etag, in ${what}`, async () => {
      await using opened = await openWith(size);
      await using to = await open();
      flip(opened.fake, [1, 500], [1 + perRead, 501]);
      const move = () => moveObject(opened.store, "x", to.store, "y");
      const error = await assertRejects(move, ChecksumMismatchError, "when read again, the etag is that of");
      assertStringIncludes(error.message, "the source is kept");
      assertEquals(opened.fake.bytes("bucket", "x"), noise(size));
      assertEquals(await keysOf(to.store), []);
    });

    Deno.test(`moveObject() to ${name} keeps the source when bytes stay other than a known MD5, in ${what}`, async () => {
      await using opened = await openWith(size);
      await using to = await open();
      await showMd5(opened);
      flip(opened.fake, [1, 500], [1 + perRead, 500]);
      const move = () => moveObject(opened.store, "x", to.store, "y");
      const error = await assertRejects(move, ChecksumMismatchError, "the etag is that of");
      assertStringIncludes(error.message, "copy the object and remove it then");
      assertEquals(opened.fake.bytes("bucket", "x"), noise(size));
      assertEquals(await keysOf(to.store), []);
      assertEquals(readsOf(opened.fake), 2 * perRead);
    });
  }
}

Deno.test("moveObject() moves what is encrypted by a key, whose etag is no MD5, in one read and unverified", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  await showMd5(opened);
  const to = new MemoryStore({ container: new MemoryContainer() });
  for (const algorithm of ["aws:kms", "aws:kms:dsse"]) {
    const encryption = new Map([["x-amz-server-side-encryption", algorithm]]);
    fake.putObject("bucket", "x", KEY.bytes, { encryption }).etag = KEY.ETag;
    const { copied } = await moveObject(store, "x", to, algorithm);
    assertEquals([copied?.read?.verified, copied?.read?.checksums], [false, {}]);
    assertEquals([await bytesOf(to, algorithm), fake.object("bucket", "x")], [KEY.bytes, undefined]);
  }
  assertEquals(readsOf(fake), 2);
});

Deno.test("moveObject() moves what a customer's key encrypts in one read", async () => {
  const sseCustomerKey = btoa("k".repeat(32));
  await using opened = await openFake({ ...QUICK, config: { sseCustomerKey } });
  const { fake, store } = opened;
  await showMd5(opened);
  await store.put("x", KEY.bytes);
  const object = fake.object("bucket", "x");
  if (object) object.etag = KEY.ETag;
  delete object?.checksum;
  fake.requests.length = 0;
  const to = new MemoryStore({ container: new MemoryContainer() });
  await moveObject(store, "x", to, "y");
  assertEquals([await bytesOf(to, "y"), readsOf(fake)], [KEY.bytes, 1]);
});

Deno.test("moveObject() takes two reads that agree for a sign that etags are no MD5 sums, and remembers it", async () => {
  for (const size of [SMALL, LARGE]) {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    const to = new MemoryStore({ container: new MemoryContainer() });
    for (const key of ["a", "b"]) fake.putSynthetic("bucket", key, { size });
    const content = fake.bytes("bucket", "a");
    const { copied } = await moveObject(store, "a", to, "a");
    assertEquals([copied?.read?.verified, await bytesOf(to, "a")], [false, content]);
    const reads = readsOf(fake);
    await moveObject(store, "b", to, "b");
    assertEquals([reads, readsOf(fake) - reads], size === SMALL ? [2, 1] : [4, 2]);
    assertEquals(await keysOf(to), ["a", "b"]);
    assertEquals(fake.objects("bucket"), []);
  }
});

Deno.test("moveObject() takes one etag that was an MD5 sum for a sign that others are", async () => {
  await using opened = await openWith(SMALL);
  const { fake, store } = opened;
  const to = new MemoryStore({ container: new MemoryContainer() });
  await moveObject(store, "x", to, "x");
  fake.putSynthetic("bucket", "other", { size: SMALL });
  await assertRejects(() => moveObject(store, "other", to, "other"), ChecksumMismatchError);
  assertEquals([await keysOf(to), fake.objects("bucket").length], [["x"], 1]);
});

const LAYERS: Readonly<Record<string, (store: ObjectStore) => ObjectStore>> = {
  PrefixStore: (store) => new PrefixStore(store, "p/"),
  "observe()": (store) => observe(store, () => {}),
  "injectFaults()": (store) => injectFaults(store, []),
};

for (const [name, layer] of Object.entries(LAYERS)) {
  Deno.test(`moveObject() compares the etag through ${name}, also beside a CRC-32C that its caller asks for`, async () => {
    for (const checksum of ["auto", "crc32c"] as const) {
      await using opened = await openFake(QUICK);
      const { fake, store } = opened;
      const layered = layer(store);
      const key = layered instanceof PrefixStore ? "p/x" : "x";
      fake.putObject("bucket", key, noise(SMALL));
      flip(fake, [1, 500], [2, 501]);
      const to = new MemoryStore({ container: new MemoryContainer() });
      const move = () => moveObject(layered, "x", to, "y", { checksum });
      await assertRejects(move, ChecksumMismatchError);
      assertEquals(fake.bytes("bucket", key), noise(SMALL));
      await move();
      assertEquals(fake.object("bucket", key), undefined);
    }
  });
}

Deno.test("moveObject() computes no MD5 where another checksum is compared, where none is wanted, nor a copy", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const to = new MemoryStore({ container: new MemoryContainer() });
  await showMd5(opened);
  const kept = fake.putSynthetic("bucket", "sum", { size: SMALL, checksum: "sha256" });
  const { copied } = await moveObject(store, "sum", to, "sum");
  assertEquals(copied?.read?.checksums, { sha256: String(kept.checksum?.value) });
  fake.putSynthetic("bucket", "none", { size: SMALL });
  const plain = await copyObject(store, "none", to, "copy");
  assertEquals([plain.read?.verified, plain.read?.checksums], [false, {}]);
  const none = await moveObject(store, "none", to, "none", { checksum: "none" });
  assertEquals([none.copied?.read?.verified, none.copied?.read?.checksums], [false, {}]);
});
