import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { HeaderList, RawConnection } from "@lade/testing/http";
import { compareNames, stringToSign } from "./azure/auth/shared_key.ts";
import { codeOf, rawRequest, startFakeAzure } from "./azure/mod.ts";
import { crc64, sample } from "./azure_cases/mod.ts";
import { crc64Of } from "./azure/operations/receive_body.ts";
import { BytesContent } from "./parts/content.ts";

Deno.test("stringToSign() is the one of the reference's example", () => {
  const headers = new HeaderList();
  headers.append("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT");
  headers.append("x-ms-version", "2015-02-21");
  const rawQuery = "comp=metadata&restype=container&timeout=20";
  assertEquals(
    stringToSign({ method: "GET", rawPath: "/mycontainer", rawQuery, headers }, "myaccount"),
    "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n" +
      "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20",
  );
});

Deno.test("stringToSign() joins values of one parameter and decodes them, and leaves out a second date", () => {
  const headers = new HeaderList();
  headers.append("Content-Length", "0");
  headers.append("Date", "Fri, 26 Jun 2015 23:39:12 GMT");
  headers.append("x-ms-date", "d");
  const rawQuery = "include=snapshots&Include=metadata&prefix=a%2Bb%20c&include=uncommittedblobs";
  assertEquals(
    stringToSign({ method: "GET", rawPath: "/a/c", rawQuery, headers }, "a"),
    "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:d\n/a/a/c\ninclude:metadata,snapshots,uncommittedblobs\nprefix:a+b c",
  );
});

Deno.test("compareNames() puts underscores before digits, digits before letters, and hyphens last of all", () => {
  const names = [
    "x-ms-meta-a_",
    "x-ms-meta-a_b",
    "x-ms-meta-a1",
    "x-ms-meta-ab",
    "x-ms-metab",
    "x-ms-metabc",
  ];
  assertEquals(names.toReversed().sort(compareNames), names);
  assertEquals(["a-b", "ab", "abc", "ab-c"].sort(compareNames), ["ab", "a-b", "abc", "ab-c"]);
});

Deno.test("crc64Of() is the same by the kernel and without it", () => {
  for (const size of [0, 1, 63, 65_535, 65_536, 200_001]) {
    const bytes = sample(size);
    assertEquals(crc64Of(new BytesContent(bytes)), crc64(bytes), String(size));
  }
  assertEquals(
    crc64(new TextEncoder().encode("123456789")),
    Uint8Array.fromHex("ae8b14860a799888").toReversed().toBase64(),
  );
});

Deno.test("an error is a document with a code, a message and the request's id", async () => {
  await using fake = await startFakeAzure();
  const headers = { "x-ms-client-request-id": "an-id" };
  const answer = await rawRequest(fake, { path: "/container/a", headers });
  assertEquals([answer.status, answer.headers["content-type"]], [404, "application/xml"]);
  assertEquals(answer.headers["x-ms-client-request-id"], "an-id");
  assertEquals(answer.headers["x-ms-version"], "2026-02-06");
  assertEquals([...answer.body.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assertStringIncludes(
    answer.text,
    "<Code>ContainerNotFound</Code><Message>The specified container does not exist.\n",
  );
  assertStringIncludes(answer.text, `RequestId:${answer.headers["x-ms-request-id"]}`);
  const head = await rawRequest(fake, { method: "HEAD", path: "/container/a" });
  assertEquals([head.status, codeOf(head), head.body.length], [404, "ContainerNotFound", 0]);
});

Deno.test("Put Blob answers both checksums, Put Block the one that was not sent, Put Block List the one that was", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  const data = sample(300);
  const md5 = (await import("node:crypto")).createHash("md5").update(data).digest("base64");
  const sums = ({ headers }: { headers: Record<string, string> }) => [
    headers["content-md5"],
    headers["x-ms-content-crc64"],
  ];
  const put = (headers = {}) =>
    rawRequest(fake, {
      method: "PUT",
      path: "/container/a",
      body: data,
      headers: { "x-ms-blob-type": "BlockBlob", ...headers },
    });
  assertEquals(sums(await put()), [md5, crc64(data)]);
  const query = "comp=block&blockid=AAAA";
  const block = (headers = {}) =>
    rawRequest(fake, { method: "PUT", path: "/container/a", query, body: data, headers });
  assertEquals(sums(await block()), [undefined, crc64(data)]);
  assertEquals(sums(await block({ "content-md5": md5 })), [md5, undefined]);
  const both = { "content-md5": md5, "x-ms-content-crc64": crc64(data) };
  assertEquals(codeOf(await block(both)), "BothCrc64AndMd5HeaderPresent");
  assertEquals(codeOf(await block({ "content-md5": "AAAA" })), "InvalidMd5");
  assertEquals(codeOf(await block({ "x-ms-content-crc64": "AAAA" })), "InvalidHeaderValue");
  const list = "<BlockList><Latest>AAAA</Latest></BlockList>";
  const commit = (headers = {}) =>
    rawRequest(fake, { method: "PUT", path: "/container/a", query: "comp=blocklist", body: list, headers });
  assertEquals(sums(await commit()), [undefined, undefined]);
  const sum = crc64(new TextEncoder().encode(list));
  assertEquals(sums(await commit({ "x-ms-content-crc64": sum })), [undefined, sum]);
  assertEquals(codeOf(await commit({ "x-ms-content-crc64": crc64(data) })), "Crc64Mismatch");
});

Deno.test("ranges are those of the reference, and have checksums up to 4 MiB", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  fake.putSynthetic("container", "a", { size: 5 * 2 ** 20 });
  const ask = (headers: Record<string, string>) => rawRequest(fake, { path: "/container/a", headers });
  const both = await ask({ "x-ms-range": "bytes=1-2", range: "bytes=5-9" });
  assertEquals([both.status, both.headers["content-range"]], [206, "bytes 1-2/5242880"]);
  assertEquals((await ask({ range: "bytes=-5" })).status, 200);
  assertEquals(codeOf(await ask({ "x-ms-range": "bytes=-5" })), "InvalidHeaderValue");
  const beyond = await ask({ range: "bytes=5242880-" });
  assertEquals([codeOf(beyond), beyond.headers["content-range"]], ["InvalidRange", "bytes */5242880"]);
  const summed = await ask({ "x-ms-range": "bytes=0-99", "x-ms-range-get-content-crc64": "true" });
  assertEquals(summed.headers["x-ms-content-crc64"], crc64(summed.body));
  const large = { "x-ms-range": "bytes=0-4194304", "x-ms-range-get-content-md5": "true" };
  assertEquals(codeOf(await ask(large)), "InvalidHeaderValue");
});

Deno.test("names are resolved and refused as the reference has it", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  const put = (path: string) =>
    rawRequest(fake, {
      method: "PUT",
      path: `/container/${path}`,
      body: "x",
      headers: { "x-ms-blob-type": "BlockBlob" },
    });
  const made = async (path: string) => {
    const { key } = (await put(path), fake.requests.at(-1)) ?? {};
    return key;
  };
  assertEquals(await made("a%5Cb"), "a/b");
  assertEquals(await made("a/%2E%2E/b"), "b");
  assertEquals(await made("a/./b"), "a/b");
  assertEquals(await made("dot./..x/y.z"), "dot/..x/y.z");
  assertEquals(await made("%C2%85"), "\x85");
  assertEquals(await made("a//b/"), "a//b/");
  assertEquals(await made("%EF%BF%BF"), "\uffff");
  assertEquals((await put("x".repeat(1024))).status, 201);
  assertEquals((await put("%C3%A9".repeat(1024))).status, 201);
  assertEquals(codeOf(await put("x".repeat(1025))), "OutOfRangeInput");
  assertEquals((await put("a/".repeat(253) + "b")).status, 201);
  assertEquals(codeOf(await put("a/".repeat(254) + "b")), "InvalidResourceName");
  assertEquals(codeOf(await put("%01")), "InvalidUri");
  assertEquals(codeOf(await put("%FF")), "InvalidUri");
  const list = (prefix: string) =>
    rawRequest(fake, { path: "/container", query: `restype=container&comp=list&prefix=${prefix}` });
  assertEquals(codeOf(await list("%01")), "InvalidQueryParameterValue");
  assertStringIncludes((await list("%80")).text, "<Prefix>\ufffd</Prefix>");
  assertStringIncludes((await list("%EF%BF%BE")).text, '<Prefix Encoded="true">%EF%BF%BE</Prefix>');
});

Deno.test("a listing writes names that XML cannot hold percent-encoded, and says so", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  for (const key of ["a\uffffb", "a\ufffe/c", "p"]) fake.putBlob("container", key, "");
  const answer = await rawRequest(fake, {
    path: "/container",
    query: "restype=container&comp=list&delimiter=%2F",
  });
  assertStringIncludes(answer.text, '<Name Encoded="true">a%EF%BF%BFb</Name>');
  assertStringIncludes(answer.text, '<BlobPrefix><Name Encoded="true">a%EF%BF%BE%2F</Name></BlobPrefix>');
  assertStringIncludes(answer.text, "<Name>p</Name>");
});

Deno.test("a listing is in the order of UTF-8, or of UTF-16 where that is a habit, and pages may be empty", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  for (const key of ["\uffed", "🙀", "a"]) fake.putBlob("container", key, "");
  const names = async () => {
    const found: string[][] = [];
    for (let marker: string | undefined = ""; marker !== undefined;) {
      const query: string = `restype=container&comp=list&maxresults=2${
        marker && `&marker=${encodeURIComponent(marker)}`
      }`;
      const { text }: { text: string } = await rawRequest(fake, { path: "/container", query });
      found.push([...text.matchAll(/<Name>(.*?)<\/Name>/g)].map(([, name = ""]) => name));
      marker = /<NextMarker>(.+)<\/NextMarker>/.exec(text)?.[1];
    }
    return found;
  };
  assertEquals(await names(), [["a", "\uffed"], ["🙀"]]);
  fake.settings.order = "utf16";
  assertEquals(await names(), [["a", "🙀"], ["\uffed"]]);
  fake.settings.emptyPages = true;
  assertEquals(await names(), [[], ["a", "🙀"], [], ["\uffed"]]);
});

Deno.test("a listing begins at a name only by a version that knows it, and one level at a time", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  for (const key of ["a/1", "a/2", "b"]) fake.putBlob("container", key, "");
  const ask = (query: string, version = "2026-02-06") =>
    rawRequest(fake, {
      path: "/container",
      query: `restype=container&comp=list&${query}`,
      headers: { "x-ms-version": version },
    });
  const names = async (query: string) =>
    [...(await ask(query)).text.matchAll(/<Name>(.*?)<\/Name>/g)].map(([, name]) => name);
  assertEquals(await names("startFrom=a/2"), ["a/2", "b"]);
  assertEquals(await names("delimiter=/&startFrom=a"), ["a/", "b"]);
  assertEquals(await names("delimiter=/&startFrom=a/"), ["a/", "b"]);
  assertEquals(await names("delimiter=/&prefix=a/&startFrom=a/2"), ["a/2"]);
  assertEquals(codeOf(await ask("delimiter=/&startFrom=a/2")), "InvalidQueryParameterValue");
  assertEquals(codeOf(await ask("startFrom=a", "2025-11-05")), "InvalidQueryParameterValue");
  assertEquals(codeOf(await ask("maxresults=0")), "OutOfRangeQueryParameterValue");
});

Deno.test("a container that is deleted is being deleted for a while", async () => {
  let now = Date.now();
  await using fake = await startFakeAzure({ containers: ["container"], clock: () => now });
  const ask = async (method: string) =>
    codeOf(await rawRequest(fake, { method, path: "/container", query: "restype=container" }));
  assertEquals(await ask("DELETE"), "202");
  assertEquals(await ask("GET"), "ContainerNotFound");
  assertEquals(await ask("PUT"), "ContainerBeingDeleted");
  now += 30_000;
  assertEquals(await ask("PUT"), "201");
});

Deno.test("blocks that nobody commits are dropped after a week", async () => {
  let now = Date.now();
  await using fake = await startFakeAzure({ containers: ["container"], clock: () => now });
  await rawRequest(fake, {
    method: "PUT",
    path: "/container/a",
    query: "comp=block&blockid=AAAA",
    body: "x",
  });
  const list = () =>
    rawRequest(fake, { path: "/container/a", query: "comp=blocklist&blocklisttype=uncommitted" });
  assertStringIncludes((await list()).text, "<Name>AAAA</Name><Size>1</Size>");
  now += 7 * 24 * 3_600_000;
  assertEquals(codeOf(await list()), "BlobNotFound");
  assertEquals(fake.uncommitted("container"), 0);
});

Deno.test("a batch is refused whole where it is malformed, too long or not permitted", async () => {
  await using fake = await startFakeAzure({ containers: ["container"], maxBatchCount: 2 });
  fake.putBlob("container", "a", "");
  const sas = fake.accountSas("d");
  const part = (key: string, method = "DELETE") =>
    `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 0\r\n\r\n` +
    `${method} /devstoreaccount1/container/${key}?${sas} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`;
  const send = (body: string, type = "multipart/mixed; boundary=b") =>
    rawRequest(fake, {
      method: "POST",
      path: "/container",
      query: "restype=container&comp=batch",
      body,
      headers: { "content-type": type },
    });
  assertEquals(codeOf(await send(`${part("a")}${part("b")}${part("c")}--b--\r\n`)), "InvalidInput");
  assertEquals(codeOf(await send(part("a"))), "InvalidInput");
  assertEquals(codeOf(await send(`${part("a")}--b--\r\n`, "text/plain")), "InvalidHeaderValue");
  const read = await send(`${part("a", "GET")}--b--\r\n`);
  assertStringIncludes(read.text, "HTTP/1.1 400 ");
  assert(fake.blob("container", "a"));
  const done = await send(`${part("a")}--b--\r\n`);
  assertStringIncludes(done.text, "Content-ID: 0\r\n\r\nHTTP/1.1 202 Accepted\r\n");
  assertEquals(fake.blob("container", "a"), undefined);
  fake.settings.refusesBatches = true;
  assertEquals(codeOf(await send(`${part("a")}--b--\r\n`)), "AuthorizationFailure");
});

Deno.test("accounts are told apart by host or by path, and a host of its own leads to the first", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  fake.createAccount("second");
  const accountOf = async (path: string, host: string) => {
    using connection = await RawConnection.open(fake);
    await connection.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await connection.read("GET");
    const { account, container, key } = fake.requests.at(-1) ?? {};
    return [account, container, key];
  };
  assertEquals(await accountOf("/c/k/l", "second.blob.core.example"), ["second", "c", "k/l"]);
  assertEquals(await accountOf("/second/c/k/l", "127.0.0.1"), ["second", "c", "k/l"]);
  assertEquals(await accountOf("/container/k", "127.0.0.1"), ["devstoreaccount1", "container", "k"]);
  assertEquals(await accountOf("/k", "127.0.0.1"), ["devstoreaccount1", "$root", "k"]);
});

Deno.test("containers are listed by pages, with what is asked for", async () => {
  await using fake = await startFakeAzure();
  for (const name of ["c-1", "c-2", "c-3", "other", "$logs"]) {
    fake.createContainer(name, { metadata: new Map([["m", "1"]]) });
  }
  const ask = async (query: string) => (await rawRequest(fake, { query: `comp=list&${query}` })).text;
  const namesIn = (text: string) => [...text.matchAll(/<Name>(.*?)<\/Name>/g)].map(([, name]) => name);
  const first = await ask("prefix=c-&maxresults=2");
  assertEquals([namesIn(first), first.includes("<Metadata>")], [["c-1", "c-2"], false]);
  const marker = /<NextMarker>(.+)<\/NextMarker>/.exec(first)?.[1];
  const second = await ask(`prefix=c-&include=metadata&marker=${marker}`);
  assertEquals([namesIn(second), second.includes("<Metadata><m>1</m></Metadata>")], [["c-3"], true]);
  assertEquals(namesIn(await ask("include=system")), ["$logs", "c-1", "c-2", "c-3", "other"]);
});

Deno.test("what would change the bytes and is not known is refused, and so is a newer version of the service", async () => {
  await using fake = await startFakeAzure({ containers: ["container"], newestVersion: "2024-11-04" });
  const put = (headers: Record<string, string>) =>
    rawRequest(fake, {
      method: "PUT",
      path: "/container/a",
      body: "x",
      headers: { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2024-11-04", ...headers },
    });
  assertEquals(
    codeOf(await put({ "x-ms-structured-body": "XSM/1.0; properties=crc64" })),
    "UnsupportedHeader",
  );
  assertEquals(codeOf(await put({ "x-ms-encryption-key": "AAAA" })), "UnsupportedHeader");
  assertEquals(codeOf(await put({ "x-ms-version": "2026-02-06" })), "InvalidHeaderValue");
  assertEquals(fake.blob("container", "a"), undefined);
  const scoped = await put({ "x-ms-encryption-scope": "mine" });
  assertEquals([scoped.status, scoped.headers["x-ms-encryption-scope"]], [201, "mine"]);
});

Deno.test("faults strike by the names of operations, and a redirect says where to alone", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  fake.putBlob("container", "a", "abc");
  const ask = () => rawRequest(fake, { path: "/container/a" });
  fake.faults.add({
    match: { operation: "GetBlob" },
    action: { kind: "status", status: 503, code: "ServerBusy" },
  });
  const busy = await ask();
  assertEquals([busy.status, codeOf(busy)], [503, "ServerBusy"]);
  fake.faults.add({
    match: { operation: "GetBlob" },
    action: { kind: "redirect", status: 307, to: "http://127.0.0.1:1" },
  });
  const sent = await ask();
  assertEquals([sent.status, sent.headers["x-ms-error-code"]], [307, undefined]);
  assertEquals(sent.headers["location"], "http://127.0.0.1:1/devstoreaccount1/container/a");
  fake.faults.add({ match: { operation: "GetBlob" }, action: { kind: "cut", afterBytes: 2, how: "fin" } });
  assertEquals((await ask()).end, "fin");
  assertEquals(
    fake.requests.map(({ account, container, key, status }) => [account, container, key, status]),
    [
      ["devstoreaccount1", "container", "a", 503],
      ["devstoreaccount1", "container", "a", 307],
      ["devstoreaccount1", "container", "a", 200],
    ],
  );
});

Deno.test("a block list takes each block from where it says", async () => {
  await using fake = await startFakeAzure({ containers: ["container"] });
  const put = (query: string, body: string) =>
    rawRequest(fake, { method: "PUT", path: "/container/a", query, body });
  const stage = (body: string) => put("comp=block&blockid=AAAA", body);
  const commit = (kind: string) => put("comp=blocklist", `<BlockList><${kind}>AAAA</${kind}></BlockList>`);
  const text = () => new TextDecoder().decode(fake.bytes("container", "a"));
  await stage("one");
  assertEquals(codeOf(await commit("Committed")), "InvalidBlockList");
  assertEquals([(await commit("Uncommitted")).status, text()], [201, "one"]);
  assertEquals(codeOf(await commit("Uncommitted")), "InvalidBlockList");
  await stage("two");
  assertEquals([(await commit("Committed")).status, text()], [201, "one"]);
  await stage("two");
  assertEquals([(await commit("Latest")).status, text()], [201, "two"]);
  assertEquals([(await commit("Latest")).status, text()], [201, "two"]);
  assertEquals(
    codeOf(await put("comp=blocklist", "<BlockList><Other>AAAA</Other></BlockList>")),
    "InvalidXmlDocument",
  );
  assertEquals(codeOf(await put("comp=blocklist", "<BlockList>")), "InvalidXmlDocument");
  assertEquals([(await put("comp=blocklist", "<BlockList/>")).status, text()], [201, ""]);
});
