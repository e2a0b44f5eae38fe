import { assertEquals, assertThrows } from "@std/assert";
import { authenticate } from "./s3/auth/authenticate.ts";
import { Payload } from "./s3/auth/payload.ts";
import { S3Error } from "./s3/s3_error.ts";
import { ByteReader, parseRequestHead, RequestBody, type RequestHead } from "@lade/testing/http";

// The examples of the Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)".
const KEY_ID = "AKIAIOSFODNN7EXAMPLE";
const CREDENTIALS = new Map([[KEY_ID, { secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" }]]);
const SCOPE = "20130524/us-east-1/s3/aws4_request";
const NOW = Date.parse("2013-05-24T00:00:00Z");
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

interface Example {
  line: string;
  fields: Record<string, string>;
  signed: string;
  signature: string;
}

const GET_OBJECT: Example = {
  line: "GET /test.txt HTTP/1.1",
  fields: { Range: "bytes=0-9", "x-amz-content-sha256": EMPTY },
  signed: "host;range;x-amz-content-sha256;x-amz-date",
  signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
};
const PUT_OBJECT: Example = {
  line: "PUT /test%24file.text HTTP/1.1",
  fields: {
    Date: "Fri, 24 May 2013 00:00:00 GMT",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
  },
  signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
  signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
};
const GET_LIFECYCLE: Example = {
  line: "GET /?lifecycle HTTP/1.1",
  fields: { "x-amz-content-sha256": EMPTY },
  signed: "host;x-amz-content-sha256;x-amz-date",
  signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
};
const LIST_OBJECTS: Example = {
  line: "GET /?max-keys=2&prefix=J HTTP/1.1",
  fields: { "x-amz-content-sha256": EMPTY },
  signed: "host;x-amz-content-sha256;x-amz-date",
  signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
};
const PUT_CHUNKS: Example = {
  line: "PUT /examplebucket/chunkObject.txt HTTP/1.1",
  fields: {
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "Content-Encoding": "aws-chunked",
    "x-amz-decoded-content-length": "66560",
    "Content-Length": "66824",
  },
  signed:
    "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
  signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
};
const PUT_TRAILER: Example = {
  line: "PUT /examplebucket/chunkObject.txt HTTP/1.1",
  fields: {
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "Content-Encoding": "aws-chunked",
    "x-amz-decoded-content-length": "66560",
    "x-amz-trailer": "x-amz-checksum-crc32c",
    "Transfer-Encoding": "chunked",
  },
  signed:
    "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
  signature: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
};

function headOf(example: Example): RequestHead {
  const host = example.line.includes("/examplebucket/")
    ? "s3.amazonaws.com"
    : "examplebucket.s3.amazonaws.com";
  const authorization = `AWS4-HMAC-SHA256 Credential=${KEY_ID}/${SCOPE},SignedHeaders=${example.signed},` +
    `Signature=${example.signature}`;
  const fields = {
    Host: host,
    "x-amz-date": "20130524T000000Z",
    ...example.fields,
    Authorization: authorization,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return parseRequestHead(new TextEncoder().encode([example.line, ...lines].join("\r\n")));
}

function verify(head: RequestHead, nowMs: number = NOW): ReturnType<typeof authenticate> {
  return authenticate(head, {
    credentials: CREDENTIALS,
    nowMs,
    bucketRegion: "us-east-1",
    signingKeys: new Map(),
  });
}

for (const [name, example] of Object.entries({ GET_OBJECT, PUT_OBJECT, GET_LIFECYCLE, LIST_OBJECTS })) {
  Deno.test(`authenticate() accepts the published signature of ${name}`, () => {
    assertEquals(verify(headOf(example)).accessKeyId, KEY_ID);
  });

  Deno.test(`authenticate() refuses ${name} when any signed part differs`, () => {
    const changes: Example[] = [
      { ...example, line: example.line.replace(" /", " /x") },
      { ...example, line: example.line.replace(/^[A-Z]+/, "DELETE") },
      {
        ...example,
        line: example.line.replace(" HTTP", example.line.includes("?") ? "&a=b HTTP" : "?a=b HTTP"),
      },
      { ...example, fields: { ...example.fields, "x-amz-content-sha256": "0".repeat(64) } },
      { ...example, signature: example.signature.replace(/^./, (digit) => digit === "0" ? "1" : "0") },
    ];
    for (const changed of changes) {
      assertEquals(assertThrows(() => verify(headOf(changed)), S3Error).code, "SignatureDoesNotMatch");
    }
  });
}

Deno.test("authenticate() accepts the published presigned URL, until it expires and not when it is changed", () => {
  const query =
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F" +
    "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&" +
    "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
  const head = (text: string) =>
    parseRequestHead(
      new TextEncoder().encode(`GET /test.txt?${text} HTTP/1.1\r\nHost: examplebucket.s3.amazonaws.com`),
    );
  assertEquals(verify(head(query), NOW + 86_400_000).payload, { kind: "unsigned" });
  const late = assertThrows(() => verify(head(query), NOW + 86_401_000), S3Error);
  assertEquals([late.code, late.message], ["AccessDenied", "Request has expired"]);
  const longer = assertThrows(() => verify(head(query.replace("86400", "86401"))), S3Error);
  assertEquals(longer.code, "SignatureDoesNotMatch");
});

async function receive(example: Example, body: string): Promise<number> {
  const head = headOf(example);
  const chunks = [new TextEncoder().encode(body)];
  const reader = new ByteReader(() => Promise.resolve(chunks.shift() ?? null));
  const framing = { kind: "length", length: body.length } as const;
  const nothing = () => Promise.resolve();
  const requestBody = new RequestBody(reader, framing, { beforeFirst: nothing, after: nothing });
  let size = 0;
  for await (const piece of new Payload(requestBody, verify(head), head.headers).bytes()) {
    size += piece.length;
  }
  return size;
}

function chunk(text: string, signature: string): string {
  return `${text.length.toString(16)};chunk-signature=${signature}\r\n${text}\r\n`;
}

const SIGNED_CHUNKS = [
  "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
  "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
  "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
];
const TRAILER_CHUNKS = [
  "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
  "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
  "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
];

function chunkedBody(signatures: readonly string[], end: string): string {
  const [first = "", second = "", last = ""] = signatures;
  return chunk("a".repeat(65536), first) + chunk("a".repeat(1024), second) +
    `0;chunk-signature=${last}\r\n${end}`;
}

Deno.test("Payload accepts the published chunk signatures", async () => {
  assertEquals(await receive(PUT_CHUNKS, chunkedBody(SIGNED_CHUNKS, "\r\n")), 66560);
});

Deno.test("Payload accepts the published trailer signature", async () => {
  const trailer = "x-amz-checksum-crc32c:sOO8/Q==\r\n" +
    "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
  assertEquals(await receive(PUT_TRAILER, chunkedBody(TRAILER_CHUNKS, trailer)), 66560);
});

Deno.test("Payload refuses a chunk, an order of chunks or a trailer that was not signed", async () => {
  const trailer = "x-amz-checksum-crc32c:AAAAAA==\r\n" +
    "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
  const bodies: [Example, string][] = [
    [PUT_CHUNKS, chunkedBody(SIGNED_CHUNKS, "\r\n").replace("aaa\r\n", "aab\r\n")],
    [PUT_CHUNKS, chunkedBody(SIGNED_CHUNKS.toSorted(), "\r\n")],
    [PUT_CHUNKS, chunkedBody([...SIGNED_CHUNKS.slice(0, 2), "0".repeat(64)], "\r\n")],
    [PUT_TRAILER, chunkedBody(TRAILER_CHUNKS, trailer)],
  ];
  for (const [example, body] of bodies) {
    const error = await receive(example, body).then(() => undefined, (error) => error);
    assertEquals(error instanceof S3Error ? error.code : error, "SignatureDoesNotMatch");
  }
});
