import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { ObjectStore, PartWriterOptions } from "@lade/core";
import { sampleBytes } from "@lade/testing/conformance";
import type { FakeGcs, Operation } from "../fakes/gcs/mod.ts";
import { type OpenedFake, openFake, type OpenFakeOptions } from "./open_fake.ts";

/** A mebibyte. */
export const MIB: number = 2 ** 20;
/** Bytes of a part. */
export const PART: number = 5 * MIB;
/** Two parts and a bit. */
export const DATA: Uint8Array<ArrayBuffer> = sampleBytes(2 * PART + 7, 3);
/** CRC-32C of `DATA`. */
export const SUM: string = crc32cToBase64(crc32c(DATA));

/** A store that writes parts of 5 MiB from a MiB up, of a fake whose endpoint is known to take them unless said otherwise. */
export function openParts(options: OpenFakeOptions = {}): Promise<OpenedFake> {
  const config = { partSize: PART, chunkSize: PART, threshold: MIB, ...options.config };
  return openFake({ traits: { takesParts: true }, ...options, config });
}

/** Loses the answers to requests that were done. */
export function lose(fake: FakeGcs, operation: Operation, times = 1): void {
  fake.faults.add({ match: { operation, times }, action: { kind: "drop-answer", how: "rst" } });
}

export async function writeParts(
  store: ObjectStore,
  data: Uint8Array<ArrayBuffer>,
  order: readonly number[],
  options = {},
) {
  await using writer = await store.createPartWriter("object", data.length, options);
  await Promise.all(order.map((index) => writer.writePart(index, partOf(index, data))));
  return await writer.close();
}

/** The bytes of a part. */
export function partOf(index: number, data: Uint8Array<ArrayBuffer> = DATA): Uint8Array {
  return data.subarray(index * PART, (index + 1) * PART);
}

/** The token of an upload of which parts were sent. */
export async function left(
  store: ObjectStore,
  indices: readonly number[],
  options: PartWriterOptions = {},
): Promise<string> {
  await using writer = await store.createPartWriter("object", DATA.length, { resumable: true, ...options });
  await Promise.all(indices.map((index) => writer.writePart(index, partOf(index))));
  return writer.token ?? "";
}
