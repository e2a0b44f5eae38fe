import { assert, assertEquals } from "@std/assert";
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { encodePath, encodeQuery } from "@lade/service/http";
import { Signer, type SigningCredentials, UNSIGNED_PAYLOAD } from "./signer.ts";

const EMPTY = createHash("sha256").digest("hex");
const EXAMPLE: SigningCredentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const EXAMPLE_TIME = Date.UTC(2013, 4, 24);
const EXAMPLE_HOST = "examplebucket.s3.amazonaws.com";

function signatureOf(headers: Record<string, string>): string {
  return /Signature=([0-9a-f]{64})$/.exec(headers["authorization"] ?? "")?.[1] ?? "";
}

// The examples of "Signature Calculations for the Authorization Header" and of "Authenticating Requests: Using
// Query Parameters" in the Amazon S3 API reference.
const PUBLISHED = [
  {
    what: "GET with a range",
    request: { method: "GET", path: "/test.txt", query: "", headers: { range: "bytes=0-9" } },
    hash: EMPTY,
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    what: "PUT of an object",
    request: {
      method: "PUT",
      path: encodePath("/test$file.text"),
      query: "",
      headers: { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
    },
    hash: createHash("sha256").update("Welcome to Amazon S3.").digest("hex"),
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    what: "GET of a subresource",
    request: { method: "GET", path: "/", query: encodeQuery({ lifecycle: "" }), headers: {} },
    hash: EMPTY,
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    what: "GET of a listing",
    request: { method: "GET", path: "/", query: encodeQuery({ prefix: "J", "max-keys": "2" }), headers: {} },
    hash: EMPTY,
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
];

for (const { what, request, hash, signature } of PUBLISHED) {
  Deno.test(`Signer.sign() gives the published signature of a ${what}`, () => {
    const headers = new Signer("us-east-1").sign(
      { host: EXAMPLE_HOST, ...request },
      EXAMPLE,
      EXAMPLE_TIME,
      hash,
    );
    assertEquals(signatureOf(headers), signature);
  });
}

Deno.test("Signer.presign() gives the published signature of a query", () => {
  const query = new Signer("us-east-1").presign(
    { method: "GET", host: EXAMPLE_HOST, path: "/test.txt", headers: {} },
    {},
    EXAMPLE,
    EXAMPLE_TIME,
    86400,
  );
  assertEquals(
    query,
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

/** The constructor that `@smithy/signature-v4` takes for its hashes. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === "string" ? secret : secret && new Uint8Array(secret as ArrayBuffer);
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }
  reset(): void {}
}

function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ATOMS = [
  ..."aZ09-._~/ !\"#$%&'()*+,:;<=>?@[]\\^`{|}\t\u0001\u007fäß€ﬀ",
  "../",
  "./",
  "//",
  "%2F",
  "%",
  "𐍈",
  "🦕",
  "\ufffd",
  "é",
];

const SEED = Math.floor(Math.random() * 2 ** 31);

Deno.test(`Signer agrees with @smithy/signature-v4 on random requests (seed ${SEED})`, async () => {
  const random = randomSource(SEED);
  const below = (n: number) => Math.floor(random() * n);
  const text = (most: number) =>
    Array.from({ length: below(most) }, () => ATOMS[below(ATOMS.length)]).join("");
  const word = () => text(20).replace(/[^A-Za-z0-9]/g, "x") + "x";
  const token = () => text(60).replace(/[^\x21-\x7e]/g, "+");
  for (let round = 0; round < 4000; round++) {
    const region = ["us-east-1", "eu-west-3", "cn-north-1", word()][below(4)] ?? "";
    const credentials: SigningCredentials = {
      accessKeyId: word(),
      secretAccessKey: token(),
      ...(below(2) ? { sessionToken: token() + "=" } : {}),
    };
    const timeMs = Date.UTC(
      2000 + below(60),
      below(12),
      below(28),
      below(24),
      below(60),
      below(60),
      below(1000),
    );
    const host = ["127.0.0.1:9000", "b.s3.eu-west-3.amazonaws.com"][below(2)] ?? "";
    const path = encodePath(`/bucket/${text(30)}`);
    const query: Record<string, string> = {};
    for (let n = below(5); n > 0; n--) query[text(4) + below(100)] = text(12);
    const headers: Record<string, string> = {};
    for (let n = below(6); n > 0; n--) {
      headers[["x-amz-meta-", "x-amz-", "if-", "content-"][below(4)] + word().toLowerCase()] = token() +
        " a  b ";
    }
    const peer = new SignatureV4({
      service: "s3",
      region,
      credentials,
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: true,
    });
    const [hostname = "", port] = host.split(":");
    const method = ["GET", "PUT", "DELETE", "HEAD", "POST"][below(5)] ?? "";
    const parts = {
      method,
      protocol: "https:",
      hostname,
      ...(port === undefined ? {} : { port: Number(port) }),
      path,
      query,
    };
    const signer = new Signer(region);
    const mine = signer.sign(
      { method, host, path, query: encodeQuery(query), headers },
      credentials,
      timeMs,
    );
    const theirs = await peer.sign({
      ...parts,
      headers: { ...headers, host, "x-amz-content-sha256": UNSIGNED_PAYLOAD },
    }, { signingDate: new Date(timeMs) });
    assertEquals(mine["authorization"], theirs.headers["authorization"], `round ${round}: ${path}`);
    assertEquals(mine["x-amz-security-token"], theirs.headers["x-amz-security-token"]);

    const expires = 1 + below(604800);
    const mineUrl = signer.presign({ method, host, path, headers: {} }, query, credentials, timeMs, expires);
    const hash = new Set(["x-amz-content-sha256"]);
    const theirsUrl = await peer.presign(
      { ...parts, headers: { host, "x-amz-content-sha256": UNSIGNED_PAYLOAD } },
      {
        signingDate: new Date(timeMs),
        expiresIn: expires,
        unhoistableHeaders: hash,
        unsignableHeaders: hash,
      },
    );
    assertEquals(
      /X-Amz-Signature=([0-9a-f]+)$/.exec(mineUrl)?.[1],
      (theirsUrl.query ?? {})["X-Amz-Signature"],
      `round ${round}, presigned`,
    );
  }
});

Deno.test("Signer.sign() derives a new key when the day or the secret changes", () => {
  const signer = new Signer("us-east-1");
  const request = { method: "GET", host: "h", path: "/", query: "", headers: {} };
  const sign = (secretAccessKey: string, timeMs: number) =>
    signatureOf(signer.sign(request, { accessKeyId: "k", secretAccessKey }, timeMs));
  const first = sign("one", EXAMPLE_TIME);
  const all = new Set([first, sign("two", EXAMPLE_TIME), sign("one", EXAMPLE_TIME + 86_400_000)]);
  assertEquals(all.size, 3);
  assertEquals(sign("one", EXAMPLE_TIME), first);
});

Deno.test("Signer.sign() leaves the headers given alone and signs no header a proxy may change", () => {
  const headers = { "user-agent": "lade", range: "bytes=0-1" };
  const signed = new Signer("us-east-1").sign(
    { method: "GET", host: "h", path: "/", query: "", headers },
    EXAMPLE,
    EXAMPLE_TIME,
  );
  assertEquals(Object.keys(headers), ["user-agent", "range"]);
  assertEquals(signed["user-agent"], "lade");
  assert(!signed["authorization"]?.includes("user-agent"));
});
