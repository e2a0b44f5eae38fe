import { assertEquals, assertRejects } from "@std/assert";
import {
  type BodySource,
  type ByteRange,
  ChecksumMismatchError,
  type GetResult,
  RangeNotSatisfiableError,
  ServiceError,
} from "@lade/core";
import { createResponseBody, ResponseHeaders, type TransportResponse } from "@lade/service/http";
import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { HeaderNames } from "./header_names.ts";
import { openBody } from "./open_body.ts";

const CALL = { operation: "get", uri: "x://c/k" };
const DATA = Uint8Array.from({ length: 10 }, (_, at) => at);
const CRC = crc32cToBase64(crc32c(DATA));

/** A service of other names than those of S3. */
const NAMES: HeaderNames = {
  service: "a test service",
  metadata: "x-test-meta-",
  version: "x-test-generation",
  encodeMetadata: (value) => value,
  decodeMetadata: (text) => text,
  readChecksums: (headers, whole) => {
    const crc = headers.get("x-test-crc32c");
    return whole && crc !== undefined ? { checksums: { crc32c: crc } } : {};
  },
};

function answer(
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
  length: number | undefined = bytes.length,
): TransportResponse {
  let left = bytes;
  const source: BodySource = {
    read(target) {
      const count = Math.min(target.length, left.length);
      target.set(left.subarray(0, count));
      left = left.subarray(count);
      return count;
    },
    close() {},
  };
  const all = { "last-modified": new Date(0).toUTCString(), etag: '"e"', ...headers };
  return {
    status,
    headers: new ResponseHeaders(Object.keys(all), Object.values(all)),
    body: createResponseBody(source, { length, endpoint: "http://test:80" }),
  } as unknown as TransportResponse;
}

function open(
  response: TransportResponse,
  range?: ByteRange,
  asked: ByteRange | undefined = range,
): Promise<GetResult> {
  return openBody(NAMES, response, { key: "k", range, asked, call: CALL });
}

async function read(result: GetResult): Promise<number[]> {
  const target = new Uint8Array(result.range.length);
  await result.readInto(target);
  return [...target];
}

Deno.test("openBody() of a whole object gives its bytes and what its headers tell", async () => {
  const headers = { "x-test-meta-a": "b", "x-test-generation": "7", "x-test-crc32c": CRC };
  const result = await open(answer(200, headers, DATA));
  assertEquals(result.info, {
    key: "k",
    size: 10,
    lastModified: new Date(0),
    etag: "e",
    version: "7",
    checksums: { crc32c: CRC },
    metadata: { a: "b" },
  });
  assertEquals([result.range, await read(result)], [{ offset: 0, length: 10 }, [...DATA]]);
});

Deno.test("openBody() gives the bytes of a range that was asked for", async () => {
  const cases: readonly [ByteRange, string, number, number][] = [
    [{ offset: 2, length: 3 }, "bytes 2-4/10", 2, 5],
    [{ offset: 7 }, "bytes 7-9/10", 7, 10],
    [{ offset: 8, length: 100 }, "bytes 8-9/10", 8, 10],
    [{ suffixLength: 4 }, "bytes 6-9/10", 6, 10],
    [{ suffixLength: 100 }, "bytes 0-9/10", 0, 10],
  ];
  for (const [range, text, from, to] of cases) {
    const result = await open(answer(206, { "content-range": text }, DATA.subarray(from, to)), range);
    assertEquals([result.info.size, result.range], [10, { offset: from, length: to - from }], text);
    assertEquals(await read(result), [...DATA.subarray(from, to)], text);
  }
});

Deno.test("openBody() asks once whether a checksum that the bytes do not fit is stale", async () => {
  for (const [stale, isTaken] of [[true, true], [false, false], [undefined, false]] as const) {
    let asked = 0;
    const hasStaleChecksums = async () => {
      asked++;
      if (stale === undefined) throw new Error("it cannot be found out");
      return stale;
    };
    const response = answer(200, { "x-test-crc32c": "AAAAAA==" }, DATA);
    const result = await openBody(NAMES, response, { key: "k", hasStaleChecksums, call: CALL });
    if (isTaken) assertEquals(await read(result), [...DATA]);
    else await assertRejects(() => read(result), ChecksumMismatchError);
    assertEquals([await result.hasStaleChecksums?.(), asked], [isTaken, 1]);
  }
  const good = answer(200, { "x-test-crc32c": CRC }, DATA);
  const never = () => Promise.reject(new Error("asked"));
  await read(await openBody(NAMES, good, { key: "k", hasStaleChecksums: never, call: CALL }));
});

Deno.test("openBody() takes a whole object for a range that is all of it, and no bytes for a range of none", async () => {
  assertEquals((await read(await open(answer(200, {}, DATA), { offset: 0 }))).length, 10);
  const none = await open(answer(206, { "content-range": "bytes 0--1/0" }, new Uint8Array()), {
    suffixLength: 3,
  });
  assertEquals([none.info.size, none.range], [0, { offset: 0, length: 0 }]);
});

Deno.test("openBody() reads the start of an answer that has more than is wanted", async () => {
  const response = answer(200, { "x-test-crc32c": "AAAAAA==" }, DATA);
  const result = await openBody(NAMES, response, { key: "k", range: { offset: 0, length: 4 }, call: CALL });
  assertEquals([result.range, await read(result)], [{ offset: 0, length: 4 }, [0, 1, 2, 3]]);
  // The rest is thrown away, so that the connection can be used again.
  assertEquals(await response.body.bytes(10), new Uint8Array());
});

Deno.test("openBody() compares all bytes with their checksum before the last of them are given out", async () => {
  const result = await open(answer(200, { "x-test-crc32c": CRC }, DATA.with(0, 1)));
  assertEquals(await result.readInto(new Uint8Array(9)), 9);
  await assertRejects(
    () => result.readInto(new Uint8Array(1)),
    ChecksumMismatchError,
    `the service has ${CRC}`,
  );
});

Deno.test("openBody() refuses other bytes than were asked for", async () => {
  const range = { offset: 2, length: 3 };
  const wrong: readonly [TransportResponse, string][] = [
    [answer(200, {}, DATA), "ignored the range"],
    [answer(206, { "content-range": "bytes 2-5/10" }, DATA.subarray(2, 6)), "bytes 2 to 4 were asked for"],
    [answer(206, { "content-range": "bytes 1-3/10" }, DATA.subarray(1, 4)), "bytes 2 to 4 were asked for"],
    [answer(206, { "content-range": "bytes 2-4/3" }, DATA.subarray(2, 5)), "Content-Range"],
    [answer(206, { "content-range": "bytes 2-4/*" }, DATA.subarray(2, 5)), "Content-Range"],
    [answer(206, { "content-range": "bytes 0--1/0" }, new Uint8Array()), "Content-Range"],
    [answer(206, {}, DATA.subarray(2, 5)), 'Content-Range ""'],
    [answer(206, { "content-range": "bytes 2-4/10" }, DATA.subarray(2, 4)), "2 bytes follow where 3"],
  ];
  for (const [response, words] of wrong) {
    await assertRejects(() => open(response, range), ServiceError, words);
  }
  const whole = answer(206, { "content-range": "bytes 0-9/10" }, DATA);
  await assertRejects(() => open(whole), ServiceError, "not that of a test service: status 206");
  await assertRejects(() => open(answer(200, {}, DATA), { offset: 10 }), RangeNotSatisfiableError);
});

Deno.test("openBody() refuses an answer that tells neither size nor time", async () => {
  const endless = {
    ...answer(200, {}, DATA),
    body: createResponseBody({ read: () => 0, close() {} }, { endpoint: "" }),
  };
  await assertRejects(() => open(endless), ServiceError, "does not tell the object's size");
  await assertRejects(
    () => open(answer(200, { "last-modified": "soon" }, DATA)),
    ServiceError,
    "no valid Last-Modified",
  );
});
