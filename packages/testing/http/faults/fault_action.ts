import type { CutMode } from "../wire/send_response.ts";

/** One way to misbehave. Offsets count bytes of the body unless said otherwise. */
export type FaultAction =
  /** Answers with an error instead of doing the work, before or after the request's body was read. */
  | {
    kind: "status";
    status: number;
    code?: string;
    message?: string;
    headers?: Record<string, string>;
    afterBody?: boolean;
  }
  /**
   * Sends the client to another origin, as the service names it (the same path and query); `headers` are fields of
   * the answer.
   */
  | {
    kind: "redirect";
    status: 301 | 302 | 303 | 307 | 308;
    to?: string;
    headers?: Record<string, string>;
  }
  /** Answers as somebody else would, instead of doing the work: without any field of the service. */
  | { kind: "answer"; status: number; headers: Record<string, string>; body: string | Uint8Array }
  /** Runs code of the test before the work, for example to replace the object. */
  | { kind: "before"; run: () => void | Promise<void> }
  /**
   * Holds still until the fault is released: before the request's body is read, before the first byte of the
   * answer, or in its body.
   */
  | { kind: "stall"; at: "request" | "answer" | "body"; afterBytes?: number }
  /** Waits before the first byte of the answer, by a real timer. */
  | { kind: "delay"; ms: number }
  /** Breaks the connection once this much of the request's body was read; the work is not done. */
  | { kind: "cut-request"; afterBytes: number; how: CutMode }
  /** Turns the lowest bit of one byte of the request's body on its way to the service. */
  | { kind: "flip-request"; atByte: number }
  /** Breaks the connection after this much of the answer's body, or of its head. */
  | { kind: "cut"; afterBytes: number; how: CutMode; in?: "head" | "body" }
  /** Does the work and breaks the connection without an answer. */
  | { kind: "drop-answer"; how: CutMode }
  /** Answers 200 with an error document instead of doing the work. */
  | { kind: "error-after-ok"; code: string; message?: string }
  /**
   * Sends spaces before the document or, as the service does to keep a connection open, behind its XML
   * declaration.
   */
  | { kind: "padding"; spaces: number; behindDeclaration?: boolean }
  /** Declares a `Content-Length` that is off by `delta`; a body that is too short ends the connection. */
  | { kind: "length"; delta: number }
  /**
   * Cuts or lengthens (by zeros) the body and its `Content-Length` alike, and leaves `Content-Range` as it
   * was.
   */
  | { kind: "resize"; delta: number }
  /** Answers the whole object with 200 although a range was asked for. */
  | { kind: "ignore-range" }
  /**
   * Replaces header fields of the answer; undefined takes a field out. Names in the spelling of the answer.
   */
  | { kind: "headers"; set: Record<string, string | undefined> }
  /** Replaces `Content-Range`, or takes it out. */
  | { kind: "content-range"; value: string | undefined }
  /** Answers another entity tag than the object has, in quotes, wherever the service tells it. */
  | { kind: "etag"; value: string }
  /** Answers another time of the last change than the object has, or none, wherever the service tells it. */
  | { kind: "time"; value: string | undefined }
  /** Takes the fields out of the answer whose lower-case names fit. */
  | { kind: "omit"; fields: RegExp }
  /** Replaces text of the answer's document. */
  | { kind: "rewrite"; from: RegExp; to: string }
  /** Turns the lowest bit of one byte. */
  | { kind: "flip"; atByte: number }
  /** Writes bytes after the answer, before the next. */
  | { kind: "garbage"; bytes: Uint8Array };

/** The action of a kind. */
export type ActionOf<K extends FaultAction["kind"]> = Extract<FaultAction, { kind: K }>;
