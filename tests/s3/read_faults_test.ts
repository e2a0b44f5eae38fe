import { assertEquals, assertRejects } from "@std/assert";
import { ChecksumMismatchError, getBytes } from "@lade/core";
import { openFake, type OpenFakeOptions } from "./open_fake.ts";
import { noise } from "./noise.ts";

const QUICK: OpenFakeOptions = { context: { random: () => 0 } };

/** Opens a fake with an object of `size` bytes of noise under `object`. */
async function openWith(size: number, options: OpenFakeOptions = QUICK): Promise<
  Awaited<ReturnType<typeof openFake>> & { readonly data: Uint8Array }
> {
  const opened = await openFake(options);
  const data = noise(size);
  opened.fake.putObject("bucket", "object", data);
  return { ...opened, data };
}

Deno.test("get() verifies the checksums that others store: CRC-64/NVME, CRC-32, SHA-256", async () => {
  await using opened = await openFake({ ...QUICK });
  const { fake, store } = opened;
  for (const algorithm of ["crc64nvme", "crc32", "sha256", "crc32c"] as const) {
    fake.putSynthetic("bucket", algorithm, { size: 70_000, checksum: algorithm });
    const good = await store.get(algorithm);
    assertEquals(Object.keys(good.info.checksums ?? {}), [algorithm]);
    await good.readInto(new Uint8Array(70_000));
    const fault = fake.faults.add({ action: { kind: "flip", atByte: 69_999 } });
    const bad = await store.get(algorithm);
    await assertRejects(() => bad.readInto(new Uint8Array(70_000)), ChecksumMismatchError);
    fake.faults.remove(fault);
  }
});

Deno.test("get() with verifyDownloads off asks for no checksum", async () => {
  await using opened = await openFake({ ...QUICK, config: { verifyDownloads: false } });
  const { fake, store } = opened;
  await store.put("object", noise(1000));
  const { info } = await getBytes(store, "object");
  assertEquals(info.checksums, undefined);
  assertEquals(fake.requests.at(-1)?.headers["x-amz-checksum-mode"], undefined);
});

Deno.test("getBytes() of a small object is one request, and of a large one one per chunk, none of them a HEAD", async () => {
  await using opened = await openWith(9 * 2 ** 20);
  const { fake, store, data } = opened;
  fake.putObject("bucket", "small", noise(1000));
  await getBytes(store, "small");
  assertEquals(fake.requests.map(({ method }) => method), ["GET"]);
  const { bytes } = await getBytes(store, "object");
  assertEquals(bytes, data);
  assertEquals(fake.requests.map(({ method }) => method), ["GET", "GET", "GET"]);
});
