import { assertEquals, assertRejects } from "@std/assert";
import { ServiceError } from "@lade/core/errors";
import { parseXml } from "../xml/mod.ts";
import { completeDocument, listParts, listUploads, partPage, type PartsReading } from "./mod.ts";

const call = { operation: "list the uploads of", uri: "x://c/k" };

/** A service that answers each query in its turn, and what it was asked. */
function serve(...pages: readonly string[]): PartsReading & { readonly asked: unknown[] } {
  const asked: unknown[] = [];
  const ask: PartsReading["ask"] = (query, read) => {
    asked.push(Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)));
    return Promise.resolve(read(parseXml(pages[asked.length - 1] ?? "")));
  };
  return { service: "a test service", call, asked, ask };
}

function partsOf(numbers: readonly number[], more: string): string {
  const parts = numbers.map((number) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>"e${number}"</ETag><Size>5</Size></Part>`
  );
  return `<ListPartsResult>${parts.join("")}${more}</ListPartsResult>`;
}

function uploadOf(key: string, id: string): string {
  const time = "2026-01-02T03:04:05.000Z";
  return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${time}</Initiated></Upload>`;
}

Deno.test("listParts() goes on where a page ends, and takes the last page's own word for its being the last", async () => {
  const reading = serve(
    partsOf([1, 3], "<IsTruncated>true</IsTruncated><NextPartNumberMarker>3</NextPartNumberMarker>"),
    partsOf([7], "<IsTruncated>false</IsTruncated><NextPartNumberMarker>7</NextPartNumberMarker>"),
  );
  const found = await Array.fromAsync(listParts(reading, "U"));
  assertEquals(found.map(({ number, etag, size }) => [number, etag, size]), [[1, "e1", 5], [3, "e3", 5], [
    7,
    "e7",
    5,
  ]]);
  assertEquals(reading.asked, [{ uploadId: "U" }, { uploadId: "U", "part-number-marker": "3" }]);
});

Deno.test("partPage() asks for as many parts as are wanted, and reads the checksums that there are", async () => {
  const sums = "<ChecksumCRC32C>AAAAAA==</ChecksumCRC32C><ChecksumCRC64NVME>A=</ChecksumCRC64NVME>";
  const text = partsOf([1], "").replace("</Part>", `${sums}</Part>`);
  const reading = serve(text);
  assertEquals((await partPage(reading, "U", { most: 1 })).entries, [
    { number: 1, size: 5, etag: "e1", crc32c: "AAAAAA==", crc64nvme: "A=" },
  ]);
  assertEquals(reading.asked, [{ uploadId: "U", "max-parts": "1" }]);
});

Deno.test("listParts() takes parts that cannot be for no answer of the service", async () => {
  const good = partsOf([1], "");
  for (
    const [text, words] of [
      [good.replace(">1<", ">0<"), "a part lacks number, size or etag"],
      [good.replace(">1<", ">10001<"), "a part lacks number, size or etag"],
      [good.replace(">5<", ">5.5<"), "a part lacks number, size or etag"],
      [good.replace('"e1"', ""), "a part lacks number, size or etag"],
      [partsOf([1], "<IsTruncated>true</IsTruncated>"), "does not tell where the next one begins"],
      [partsOf([1], "<NextPartNumberMarker>1</NextPartNumberMarker>"), "has no IsTruncated"],
    ] as const
  ) {
    const error = await assertRejects(() => Array.fromAsync(listParts(serve(text), "U")), ServiceError);
    assertEquals(error.detail.includes(words), true, `${error.detail}: ${words}`);
  }
});

Deno.test("listUploads() goes on behind the last upload of a page, with names as they are encoded", async () => {
  const next =
    "<NextKeyMarker>a%2Fb+c</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker><IsTruncated>true</IsTruncated>";
  const reading = serve(
    `<L><EncodingType>url</EncodingType>${uploadOf("a%2Fb+c", "1")}${next}</L>`,
    `<L>${uploadOf("a/%41", "2")}<IsTruncated>false</IsTruncated></L>`,
  );
  const found = await Array.fromAsync(listUploads(reading, "x://c", "a/"));
  assertEquals(found.map(({ key, id, token, begun }) => [key, id, JSON.parse(token).uri, begun.getTime()]), [
    ["a/b c", "1", "x://c/a/b c", Date.UTC(2026, 0, 2, 3, 4, 5)],
    ["a/%41", "2", "x://c/a/%41", Date.UTC(2026, 0, 2, 3, 4, 5)],
  ]);
  assertEquals(reading.asked, [
    { uploads: "", "encoding-type": "url", prefix: "a/" },
    {
      uploads: "",
      "encoding-type": "url",
      prefix: "a/",
      "key-marker": "a/b c",
      "upload-id-marker": "1",
    },
  ]);
});

Deno.test("listUploads() refuses keys outside the prefix and uploads without a name", async () => {
  for (
    const [text, words] of [
      [uploadOf("b", "1"), 'the service lists "b", which does not start with "a"'],
      [uploadOf("", "1"), "an upload lacks key, id or time"],
      [uploadOf("a", ""), "an upload lacks key, id or time"],
      [uploadOf("a", "1").replace("2026", "x"), "an upload lacks key, id or time"],
    ] as const
  ) {
    const listed = listUploads(serve(`<L>${text}</L>`), "x://c", "a");
    const error = await assertRejects(() => Array.fromAsync(listed), ServiceError);
    assertEquals(error.detail.includes(words), true, error.detail);
  }
});

Deno.test("completeDocument() has the parts in their order, with etags as they were given", () => {
  const text = new TextDecoder().decode(completeDocument([{ number: 1, etag: '"a&b"' }, {
    number: 12,
    etag: "c",
  }]));
  assertEquals(
    text,
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;a&amp;b&quot;</ETag></Part>" +
      "<Part><PartNumber>12</PartNumber><ETag>c</ETag></Part></CompleteMultipartUpload>",
  );
});
