import type { AnswerOrigin, FaultReader, ServiceFault } from "../errors/mod.ts";
import { describePage, type EndpointSigns, TransportError, type TransportResponse } from "../http/mod.ts";
import type { AnswerRule } from "./answer_rule.ts";
import { lacking } from "./judge_answer.ts";

/** Bytes of an error's body that are read. */
const MAX_ERROR_BYTES = 2 ** 16;

/**
 * Reads the failure that an answer of another status than 200 to 299 reports. An answer that is not the service's is
 * recognized by its body, by what all answers of the endpoint had so far, or by a status that nothing in the request
 * asked for.
 */
export async function readFault<F extends ServiceFault>(
  faults: FaultReader<F>,
  rule: AnswerRule,
  response: TransportResponse,
  signs: EndpointSigns,
  nowMs: number,
): Promise<F> {
  const { attempts, headers, status, waitedMs } = response;
  let body = "";
  let unread: string | undefined;
  try {
    body = await response.body.text(MAX_ERROR_BYTES);
  } catch (error) {
    // The status and the headers are worth more than how their body ended.
    const isLong = error instanceof TransportError && error.kind === "too-large";
    unread = isLong ? `a body of more than ${MAX_ERROR_BYTES} bytes` : "a body that breaks off";
    await response.body.cancel();
  }
  const own = faults.isReport(body);
  signs.note(headers, own);
  const origin = own ? { marked: true } : originOf(rule, response, unread ?? describedBody(body), signs);
  return faults.read({ status, headers, body, origin, attempts, nowMs, waitedMs });
}

function originOf(
  { unasked }: AnswerRule,
  { status, headers }: TransportResponse,
  body: string | undefined,
  signs: EndpointSigns,
): AnswerOrigin {
  const marked = signs.marks(headers);
  if (marked) return { marked };
  const location = headers.get("location");
  const foreign = body !== undefined
    ? body
    : status >= 300 && status < 400 && location !== undefined
    ? `a redirect to ${placeOf(location)}`
    : signs.demanded
    ? lacking(signs)
    : unasked.includes(status)
    ? "nothing in the request asks for it"
    : undefined;
  return { marked, foreign };
}

/** What a body is that is no report; `undefined` where there is none. */
function describedBody(body: string): string | undefined {
  return body.trim() === "" ? undefined : describePage(body);
}

/** Host of a URL; its path and query may hold what nobody should read. */
function placeOf(location: string): string {
  return JSON.stringify(URL.parse(location)?.host ?? "another page");
}
