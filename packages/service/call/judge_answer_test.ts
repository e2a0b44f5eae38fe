import { assertEquals, assertStringIncludes } from "@std/assert";
import { EndpointSigns, ResponseHeaders, type TransportResponse } from "../http/mod.ts";
import { commonFaultOptions, ServiceFault } from "../errors/mod.ts";
import { rootName } from "../xml/mod.ts";
import type { AnswerRule } from "./answer_rule.ts";
import { doubtOf, isPlainlyGood, judgeAnswer } from "./judge_answer.ts";
import type { ServiceDialect } from "./service_dialect.ts";

const CODE = /<Error><Code>(\w+)<\/Code><\/Error>/;

/** A service of XML that reports failures as `<Error><Code>…</Code></Error>`. */
const DIALECT: ServiceDialect = {
  faults: {
    isReport: (body) => CODE.test(body),
    read: (reply) => new ServiceFault({ ...commonFaultOptions(reply), code: CODE.exec(reply.body)?.[1] }),
  },
  form: "XML",
  rootOf: rootName,
  errorRoots: ["Error", "ErrorResponse"],
  receipts: ["etag", "x-amz-version-id"],
  isReceiptBody: (start) => rootName(start) === "PutObjectResult",
};

const NAMED = { "x-amz-request-id": "1" };
const PAGE = "<html><body>Please log in</body></html>";

const DOCUMENT: AnswerRule = { kind: "document", statuses: [200], unasked: [] };
const LOCATION: AnswerRule = { ...DOCUMENT, roots: ["LocationConstraint"] };
const WRITE: AnswerRule = { kind: "write", statuses: [200], unasked: [] };
const REMOVAL: AnswerRule = { kind: "removal", statuses: [200, 204], unasked: [] };

/** An answer with this body. */
function answer(body: string, headers: Record<string, string> = NAMED, status = 200): TransportResponse {
  const bytes = new TextEncoder().encode(body);
  const given = {
    status,
    headers: new ResponseHeaders(Object.keys(headers), Object.values(headers)),
    body: {
      length: bytes.length,
      peek: (limit: number) => Promise.resolve(bytes.subarray(0, limit)),
      text: () => Promise.resolve(body),
    },
  };
  return given as unknown as TransportResponse;
}

/** The signs of an endpoint, which named each answer before where `named` says so. */
function signs(named = false): EndpointSigns {
  const made = new EndpointSigns({ ids: ["x-amz-request-id"], prefixes: ["x-amz-"] });
  if (named) made.note(answer("").headers, true);
  return made;
}

/** What is wrong with an answer: its code, or what came in its place. */
async function wrong(
  rule: AnswerRule,
  given: TransportResponse,
  known = signs(),
): Promise<string | undefined> {
  const fault = await judgeAnswer(DIALECT, rule, given, known);
  return fault && (fault.code || fault.foreign);
}

Deno.test("judgeAnswer() takes no page for a document, whatever its root may be called", async () => {
  assertStringIncludes(await wrong(DOCUMENT, answer(PAGE)) ?? "", "where XML belongs");
  assertStringIncludes(
    await wrong(LOCATION, answer(PAGE)) ?? "",
    `where XML with "LocationConstraint" belongs`,
  );
  assertStringIncludes(
    await wrong(LOCATION, answer("<Other/>")) ?? "",
    'the document "Other" where XML with',
  );
  assertEquals(await wrong(LOCATION, answer("<LocationConstraint/>")), undefined);
  assertEquals(await wrong(DOCUMENT, answer("<Anything/>")), undefined);
});

Deno.test("judgeAnswer() finds the failure that a document of success reports, in either form", async () => {
  const error = "<Error><Code>SlowDown</Code></Error>";
  for (const body of [error, `<ErrorResponse>${error}</ErrorResponse>`]) {
    for (const rule of [DOCUMENT, LOCATION, WRITE, REMOVAL]) {
      assertEquals(await wrong(rule, answer(body, { ...NAMED, etag: '"e"' })), "SlowDown");
    }
  }
  for (const rule of [DOCUMENT, LOCATION]) {
    assertStringIncludes(await wrong(rule, answer("<Error><Code>Slow")) ?? "", 'the document "Error"');
  }
});

Deno.test("judgeAnswer() tells of bytes that were encoded where XML belongs", async () => {
  const headers = { ...NAMED, "content-encoding": "br" };
  assertEquals(await wrong(LOCATION, answer("\u0001\u0002", headers)), 'bytes with Content-Encoding "br"');
});

Deno.test("judgeAnswer() wants an etag or a version of a write, and an empty etag is none", async () => {
  assertStringIncludes(await wrong(WRITE, answer("")) ?? "", "neither an etag nor a version");
  assertStringIncludes(await wrong(WRITE, answer("", { ...NAMED, etag: '""' })) ?? "", "neither an etag");
  assertEquals(await wrong(WRITE, answer("", { ...NAMED, etag: '"e"' })), undefined);
  assertEquals(await wrong(WRITE, answer("", { ...NAMED, "x-amz-version-id": "1" })), undefined);
  assertEquals(await wrong(REMOVAL, answer("", NAMED, 204)), undefined);
});

Deno.test("judgeAnswer() takes a body under a receipt only where it is the service's", async () => {
  const nameless = { etag: '"e"' };
  assertEquals(await wrong(WRITE, answer(" \n", nameless)), undefined);
  assertEquals(await wrong(WRITE, answer("<PutObjectResult/>", nameless)), undefined);
  assertEquals(await wrong(WRITE, answer("done", { ...NAMED, ...nameless })), undefined);
  assertEquals(await wrong(WRITE, answer("done", nameless)) !== undefined, true);
  assertEquals(await wrong(REMOVAL, answer(PAGE, NAMED)) !== undefined, true);
});

Deno.test("judgeAnswer() wants the name that the endpoint gave its answers before", async () => {
  const nameless = { etag: '"e"' };
  assertEquals(await wrong(WRITE, answer("", nameless), signs()), undefined);
  const lacking = "no x-amz-request-id, which the service sent before";
  assertEquals(await wrong(WRITE, answer("", nameless), signs(true)), lacking);
});

Deno.test("doubtOf() doubts a page and what lacks an etag, where nothing shows the service", async () => {
  const doubt = async (given: TransportResponse, known = signs()) => {
    const fault = await doubtOf(DIALECT, given, known);
    return fault && (fault.code || fault.foreign);
  };
  assertEquals(await doubt(answer("x", NAMED)), undefined);
  assertEquals(await doubt(answer("x", { etag: '"e"' })), undefined);
  assertEquals(await doubt(answer("x", {}), signs(true)), undefined);
  assertEquals(await doubt(answer("", {})), "no sign of the service");
  const html = { etag: '"e"', "content-type": "text/html" };
  assertEquals(await doubt(answer(PAGE, html)) !== undefined, true);
  assertEquals(await doubt(answer("<Error><Code>NoSuchKey</Code></Error>", {})), "NoSuchKey");
});

Deno.test("judgeAnswer() refuses what was compressed on its way, and nothing else with a weak etag", async () => {
  const object: AnswerRule = { kind: "object", statuses: [200, 206], unasked: [] };
  const weak = { ...NAMED, etag: 'W/"e"' };
  assertStringIncludes(
    await wrong(object, answer("x", { ...weak, "content-encoding": "gzip" })) ?? "",
    "bytes that were compressed on the way (gzip",
  );
  assertEquals(await wrong(object, answer("x", weak)), undefined);
  assertEquals(
    await wrong(object, answer("x", { ...NAMED, etag: '"e"', "content-encoding": "gzip" })),
    undefined,
  );
});

Deno.test("judgeAnswer() leaves a document that breaks off to whoever reads it", async () => {
  const broken = answer("<Location");
  Object.assign(broken.body, { peek: () => Promise.reject(new Error("broken off")) });
  assertEquals(await wrong(LOCATION, broken), undefined);
  const report = answer("<Error><Code>Slow");
  Object.assign(report.body, { text: () => Promise.reject(new Error("broken off")) });
  assertEquals(await wrong(LOCATION, report), undefined);
});

Deno.test("judgeAnswer() notes what a good answer shows of the service, and a bad one nothing", async () => {
  const shown = async (rule: AnswerRule, given: TransportResponse) => {
    const known = signs();
    await judgeAnswer(DIALECT, rule, given, known);
    return [known.demanded, known.proven];
  };
  assertEquals(await shown(LOCATION, answer("<LocationConstraint/>", NAMED)), [true, true]);
  assertEquals(await shown(LOCATION, answer("<LocationConstraint/>", {})), [false, true]);
  assertEquals(await shown(LOCATION, answer(PAGE, NAMED)), [false, false]);
  assertEquals(await shown(WRITE, answer("", { ...NAMED, etag: '"e"' })), [true, true]);
  assertEquals(await shown(WRITE, answer("", { etag: '"e"' })), [false, false]);
});

Deno.test("isPlainlyGood() sends to a closer look whatever may be wrong", () => {
  const etag = { ...NAMED, etag: '"1"' };
  const isGood = (rule: AnswerRule, given: TransportResponse) => isPlainlyGood(DIALECT, rule, given, signs());
  assertEquals(isGood(WRITE, answer("", etag)), true);
  assertEquals(isGood(REMOVAL, answer("")), true);
  assertEquals(isGood(WRITE, answer("")), false, "a write without a receipt");
  assertEquals(isGood(WRITE, answer(PAGE, etag)), false, "a write with a body");
  assertEquals(isGood(WRITE, answer("", { etag: '"1"' })), false, "an answer that bears no sign");
  assertEquals(isGood(WRITE, answer("", etag, 204)), false, "another status");
  assertEquals(isGood(DOCUMENT, answer("<A/>")), false, "a document");
  const recoded = { ...NAMED, etag: 'W/"1"', "content-encoding": "gzip" };
  assertEquals(isGood(WRITE, answer("", recoded)), false, "bytes that were compressed on the way");
});
