import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { seededRandom } from "@lade/testing";
import { type FakeS3, startFakeS3 } from "./s3/mod.ts";
import { codeOf, rawRequest } from "./s3/raw_client.ts";
import { compareKeys } from "./parts/key_order.ts";
import { childrenOf, parseXml, textOf } from "./s3/xml/parse_xml.ts";

const BUCKET = "bucket";

interface Page {
  keys: string[];
  prefixes: string[];
  truncated: boolean;
  next: string | undefined;
  text: string;
}

async function list(fake: FakeS3, query: Record<string, string>, decode = true): Promise<Page> {
  const encoded = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join(
    "&",
  );
  const answer = await rawRequest(fake, { bucket: BUCKET, query: encoded });
  assertEquals(answer.status, 200, answer.text);
  const document = parseXml(answer.text);
  const decoded = (text = "") => decode ? decodeURIComponent(text.replaceAll("+", " ")) : text;
  return {
    keys: childrenOf(document, "Contents").map((entry) => decoded(textOf(entry, "Key"))),
    prefixes: childrenOf(document, "CommonPrefixes").map((entry) => decoded(textOf(entry, "Prefix"))),
    truncated: textOf(document, "IsTruncated") === "true",
    next: textOf(document, "NextContinuationToken") ?? textOf(document, "NextMarker"),
    text: answer.text,
  };
}

async function listAll(
  fake: FakeS3,
  query: Record<string, string>,
): Promise<{ keys: string[]; prefixes: string[] }> {
  const all: { keys: string[]; prefixes: string[] } = { keys: [], prefixes: [] };
  let token: string | undefined;
  do {
    const more = token === undefined ? {} : { "continuation-token": token };
    const page = await list(fake, { "list-type": "2", "encoding-type": "url", ...query, ...more });
    assert(page.keys.length + page.prefixes.length <= Number(query["max-keys"] ?? 1000));
    all.keys.push(...page.keys);
    all.prefixes.push(...page.prefixes);
    assertEquals(page.truncated, page.next !== undefined);
    token = page.next;
  } while (token !== undefined);
  return all;
}

Deno.test("compareKeys() orders as the bytes of UTF-8 do", () => {
  const seed = Date.now() % 2 ** 31;
  const random = seededRandom(seed);
  const alphabet = [
    "a",
    "b",
    "/",
    "\u007f",
    "\u0080",
    "\u07ff",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "😀",
    "\u{10ffff}",
  ];
  const key = () =>
    Array.from({ length: random() * 4 }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [key(), key()];
    assertEquals(
      Math.sign(compareKeys(a, b)),
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
      `seed ${seed}: ${a} ${b}`,
    );
  }
});

Deno.test("ListObjectsV2 pages through random keys as a plain filter would", async () => {
  const seed = Date.now() % 2 ** 31;
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  const parts = ["a", "b", "a b", "+", "é", "\uffff", "😀", "/", "//", "%2F"];
  for (let i = 0; i < 200; i++) {
    fake.putObject(BUCKET, Array.from({ length: 1 + random() * 4 }, () => pick(parts)).join(""), "");
  }
  const keys = fake.objects(BUCKET).map(({ key }) => key);
  assertEquals(keys, keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  for (let i = 0; i < 30; i++) {
    const [prefix, delimiter, startAfter] = [
      pick(["", "a", "b/", "😀"]),
      pick(["", "/", "a"]),
      pick(["", "", pick(keys)]),
    ];
    const label = `seed ${seed}: prefix "${prefix}" delimiter "${delimiter}" startAfter "${startAfter}"`;
    const fits = keys.filter((key) => key.startsWith(prefix) && compareKeys(key, startAfter) > 0);
    const commonOf = (key: string) => {
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? undefined : key.slice(0, at + delimiter.length);
    };
    const prefixes = new Set(
      fits.map(commonOf).filter((common) => common !== undefined && !startAfter.startsWith(common)),
    );
    const all = await listAll(fake, {
      ...(prefix === "" ? {} : { prefix }),
      ...(delimiter === "" ? {} : { delimiter }),
      ...(startAfter === "" ? {} : { "start-after": startAfter }),
      "max-keys": String(pick([2, 7, 50, 1000])),
    });
    assertEquals(all.keys, fits.filter((key) => commonOf(key) === undefined), label);
    assertEquals(all.prefixes, [...prefixes], label);
  }
});

Deno.test("ListObjectsV2 bounds its pages and refuses arguments that make no sense", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET], maxPageSize: 3 });
  for (const key of "abcde") fake.putObject(BUCKET, key, "");
  assertEquals((await list(fake, { "list-type": "2", "max-keys": "5000" })).keys, ["a", "b", "c"]);
  const none = await list(fake, { "list-type": "2", "max-keys": "0" });
  assertEquals([none.keys, none.truncated], [[], false]);
  for (const query of ["max-keys=-1", "max-keys=x", "continuation-token=x", "encoding-type=hex"]) {
    assertEquals(
      codeOf(await rawRequest(fake, { bucket: BUCKET, query: `list-type=2&${query}` })),
      "InvalidArgument",
    );
  }
  assertEquals(codeOf(await rawRequest(fake, { bucket: "missing", query: "list-type=2" })), "NoSuchBucket");
});

Deno.test("ListObjectsV2 writes keys plainly, or encoded when it is asked to", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  fake.putObject(BUCKET, "a b+é<\u0001~*", "");
  const plain = await list(fake, { "list-type": "2" }, false);
  assert(plain.text.includes("<Key>a b+é&lt;&#x1;~*</Key>"), plain.text);
  const encoded = await list(fake, { "list-type": "2", "encoding-type": "url" }, false);
  assertEquals(encoded.keys, ["a+b%2B%C3%A9%3C%01%7E*"]);
});

Deno.test("ListObjects goes on from a marker", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  for (const key of ["a", "b/1", "b/2", "c"]) fake.putObject(BUCKET, key, "");
  const first = await list(fake, { delimiter: "/", "max-keys": "2" });
  assertEquals([first.keys, first.prefixes, first.next], [["a"], ["b/"], "b/"]);
  const second = await list(fake, { delimiter: "/", marker: "b/" });
  assertEquals([second.keys, second.prefixes, second.next], [["c"], [], undefined]);
});

Deno.test("ListObjectVersions pages through versions and delete markers", async () => {
  await using fake = await startFakeS3({ buckets: [BUCKET] });
  fake.bucket(BUCKET).versioning = "enabled";
  for (const value of ["1", "2", "3"]) fake.putObject(BUCKET, "a", value);
  fake.putObject(BUCKET, "b/c", "4");
  await rawRequest(fake, { bucket: BUCKET, key: "a", method: "DELETE" });
  const seen: string[] = [];
  let markers = "";
  for (let more = true; more;) {
    const answer = await rawRequest(fake, {
      bucket: BUCKET,
      query: `versions&max-keys=2&delimiter=%2F${markers}`,
    });
    const document = parseXml(answer.text);
    for (const entry of document.children) {
      if (entry.name === "Version" || entry.name === "DeleteMarker") {
        seen.push(`${entry.name} ${textOf(entry, "Key")} ${textOf(entry, "IsLatest")}`);
      } else if (entry.name === "CommonPrefixes") {
        seen.push(`Prefix ${textOf(entry, "Prefix")}`);
      }
    }
    more = textOf(document, "IsTruncated") === "true";
    const version = textOf(document, "NextVersionIdMarker");
    markers = `&key-marker=${textOf(document, "NextKeyMarker")}` +
      (version === undefined ? "" : `&version-id-marker=${version}`);
  }
  assertEquals(seen, [
    "DeleteMarker a true",
    "Version a false",
    "Version a false",
    "Version a false",
    "Prefix b/",
  ]);
});
