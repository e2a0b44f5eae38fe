import { bodySize, type PieceBody, type WireResponse } from "../wire/response.ts";
import type { Delivery } from "../wire/send_response.ts";
import type { SocketStream } from "../wire/socket_stream.ts";
import type { ActionOf } from "./fault_action.ts";
import type { FaultPlan } from "./fault_plan.ts";

/** Replaces what an answer tells of an object: its entity tag in quotes, or the time of its last change. */
export type Retell = (
  response: WireResponse,
  what: "etag" | "time",
  value: string | undefined,
) => WireResponse;

/** Tells it by header fields, as RFC 9110 has them. */
export function retellByHeaders(
  response: WireResponse,
  what: "etag" | "time",
  value: string | undefined,
): WireResponse {
  const field = what === "etag" ? "ETag" : "Last-Modified";
  const { [field]: _, ...headers } = response.headers;
  return { ...response, headers: { ...headers, ...(value !== undefined && { [field]: value }) } };
}

/** Lets faults act on what an answer says. */
export function distort(
  plan: FaultPlan,
  given: WireResponse,
  retell: Retell = retellByHeaders,
): WireResponse {
  let response = given;
  for (const kind of ["etag", "time"] as const) {
    for (const { action } of plan.all(kind)) response = retell(response, kind, action.value);
  }
  const headers: Record<string, string | undefined> = { ...response.headers };
  for (const { action } of plan.all("content-range")) headers["Content-Range"] = action.value;
  for (const { action } of plan.all("headers")) Object.assign(headers, action.set);
  for (const { action } of plan.all("omit")) {
    for (const name of Object.keys(headers)) {
      if (action.fields.test(name.toLowerCase())) headers[name] = undefined;
    }
  }
  let { body } = response;
  for (const { action } of plan.all("resize")) body = resized(body, action.delta);
  for (const { action } of plan.all("rewrite")) body = rewritten(body, action);
  for (const { action } of plan.all("flip")) body = flipped(body, action.atByte);
  for (const { action } of plan.all("padding")) body = padded(body, action);
  const kept = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...response, headers: Object.fromEntries(kept), body };
}

/** Says how faults act on the way an answer is sent. */
export function deliveryOf(plan: FaultPlan, response: WireResponse, stream: SocketStream): Delivery {
  const delivery: Delivery = { pauses: [] };
  const cut = plan.find("cut");
  if (cut !== undefined) delivery.cut = { in: cut.in ?? "body", afterBytes: cut.afterBytes, how: cut.how };
  const length = plan.find("length");
  if (length !== undefined) delivery.declaredLength = bodySize(response.body) + length.delta;
  const garbage = plan.find("garbage");
  if (garbage !== undefined) delivery.garbage = garbage.bytes;
  for (const { fault, action } of plan.all("stall")) {
    if (action.at !== "body") continue;
    const wait = () => Promise.race([fault.released, stream.gone]);
    delivery.pauses.push({ afterBytes: action.afterBytes ?? 0, wait });
  }
  return delivery;
}

function piecesOf(body: WireResponse["body"]): PieceBody {
  return body instanceof Uint8Array ? { size: body.length, pieces: [body] } : body;
}

function resized(body: WireResponse["body"], delta: number): PieceBody {
  const { size, pieces } = piecesOf(body);
  const target = Math.max(0, size + delta);
  return {
    size: target,
    pieces: (function* () {
      let sent = 0;
      for (const piece of pieces) {
        const part = piece.subarray(0, target - sent);
        sent += part.length;
        yield part;
      }
      if (sent < target) yield new Uint8Array(target - sent);
    })(),
  };
}

function rewritten(body: WireResponse["body"], { from, to }: ActionOf<"rewrite">): Uint8Array {
  const decoder = new TextDecoder();
  let text = "";
  for (const piece of piecesOf(body).pieces) text += decoder.decode(piece, { stream: true });
  return new TextEncoder().encode(text.replace(from, to));
}

function flipped(body: WireResponse["body"], atByte: number): PieceBody {
  const { size, pieces } = piecesOf(body);
  return {
    size,
    pieces: (function* () {
      let start = 0;
      for (const piece of pieces) {
        const at = atByte - start;
        start += piece.length;
        if (at < 0 || at >= piece.length) {
          yield piece;
        } else {
          const copy = piece.slice();
          copy[at] = (copy[at] ?? 0) ^ 1;
          yield copy;
        }
      }
    })(),
  };
}

function padded(body: WireResponse["body"], action: ActionOf<"padding">): PieceBody {
  const { size, pieces } = piecesOf(body);
  const spaces = new Uint8Array(action.spaces).fill(32);
  return {
    size: size + action.spaces,
    pieces: (function* () {
      let due = true;
      for (const piece of pieces) {
        const at = due && action.behindDeclaration === true ? declarationEnd(piece) : 0;
        if (due) yield* [piece.subarray(0, at), spaces];
        due = false;
        yield piece.subarray(at);
      }
    })(),
  };
}

function declarationEnd(document: Uint8Array): number {
  const end = document.indexOf("\n".charCodeAt(0));
  return document[0] === "<".charCodeAt(0) && document[1] === "?".charCodeAt(0) ? end + 1 : 0;
}
