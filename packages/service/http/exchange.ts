import type { BodySource } from "@lade/core/backend";
import { type BodyFraming, decideFraming } from "./body_framing.ts";
import type { Connection } from "./connection.ts";
import { ContinueGate } from "./continue_gate.ts";
import { type BodyOwner, FramedBody } from "./framed_body.ts";
import { MemoryBody } from "./memory_body.ts";
import type { ResponseHead } from "./parse_response_head.ts";
import type { RequestPayload } from "./request_payload.ts";
import { RequestSender } from "./request_sender.ts";
import type { ResponseLimits } from "./response_limits.ts";
import type { SentState } from "./transport_error.ts";
import type { TransportConfig } from "./transport_config.ts";
import { ProtocolError, WireError } from "./wire_error.ts";

/** One request, ready to be written. */
export interface OutgoingRequest {
  readonly method: string;
  readonly head: Uint8Array<ArrayBuffer>;
  readonly payload: RequestPayload;
  readonly expectContinue: boolean;
  readonly firstByteTimeoutMs: number;
  readonly onSent: ((bytes: number) => void) | undefined;
}

/** The head of an answer, and where its body comes from. */
export interface IncomingAnswer {
  readonly head: ResponseHead;
  readonly framing: BodyFraming;
  readonly body: FramedBody | MemoryBody;
}

// An answer that comes before its request was sent is an error report; of a longer one only this much is kept.
const EARLY_BODY = 2 ** 16;

/** One request and its answer on one connection. */
export class Exchange {
  readonly #connection: Connection;
  readonly #request: OutgoingRequest;
  readonly #config: TransportConfig;
  #sender: RequestSender | undefined;
  #gate: ContinueGate | undefined;
  #answered = false;

  constructor(connection: Connection, request: OutgoingRequest, config: TransportConfig) {
    this.#connection = connection;
    this.#request = request;
    this.#config = config;
  }

  /** How much of the request was handed to the network. */
  get sent(): SentState {
    return this.#sender?.sent ?? "none";
  }

  /** When all of the request was handed to the network, unless the answer came first. */
  get sentMs(): number | undefined {
    return this.#sender?.sentMs;
  }

  /** Whether anything came back after the request was begun. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Whether the service let the time for `100 Continue` pass. */
  get ignoredExpect(): boolean {
    return this.#gate?.overdue ?? false;
  }

  /**
   * Sends the request and takes the head of the answer. When it rejects the connection is closed; when it settles,
   * the request's body is no longer in use.
   */
  async run(owner: BodyOwner): Promise<IncomingAnswer> {
    const { bandwidth, clock, continueTimeoutMs, stallTimeoutMs } = this.#config;
    if (this.#connection.requests++ > 0) {
      // A read that finds bytes waiting settles within these turns, before the request could have caused them.
      for (let turn = 0; turn < 3; turn++) await undefined;
      this.#checkQuiet();
    }
    const { expectContinue, firstByteTimeoutMs, head, onSent, payload } = this.#request;
    const gate = expectContinue ? this.#gate = new ContinueGate(clock, continueTimeoutMs) : undefined;
    const sender = this.#sender = new RequestSender(
      this.#connection,
      head,
      payload,
      { stallMs: stallTimeoutMs, firstByteMs: firstByteTimeoutMs, onSent, bandwidth },
      gate?.decision,
    );
    try {
      return await this.#answer(sender, owner);
    } catch (error) {
      sender.stop();
      gate?.shut();
      this.#connection.kill(error);
      await sender.settled;
      throw error;
    }
  }

  /** What came on a used connection since its last answer belongs to no request, least of all to this one. */
  #checkQuiet(): void {
    if (!this.#connection.disturbed) return;
    const error = new WireError("reset", "the connection was closed or spoken on while idle");
    this.#connection.kill(error);
    throw error;
  }

  async #answer(sender: RequestSender, owner: BodyOwner): Promise<IncomingAnswer> {
    const head = await this.#finalHead(sender);
    const framing = decideFraming(this.#request.method, head);
    const { bandwidth, limits, stallTimeoutMs: stallMs } = this.#config;
    if (sender.sent === "all") sender.stop();
    else if (!await this.#endSending(sender, head.status >= 300)) {
      return { head, framing, body: await this.#keepEarlyBody(framing, limits, stallMs, sender, owner) };
    }
    return {
      head,
      framing,
      body: new FramedBody(this.#connection, owner, { bandwidth, framing, limits, stallMs }),
    };
  }

  async #finalHead(sender: RequestSender): Promise<ResponseHead> {
    for (let interim = 0; interim <= this.#config.limits.maxInterimResponses; interim++) {
      const head = await this.#connection.readHead();
      if (!head) throw new WireError("closed-early", "the connection was closed before the answer");
      if (sender.sent === "none") await turn();
      if (sender.sent === "none") throw new ProtocolError("an answer came before the request");
      this.#answered = true;
      if (head.status >= 200) return head;
      if (head.status === 101) throw new ProtocolError("the service switches protocols without being asked");
      if (head.status === 100) this.#gate?.open();
    }
    throw new ProtocolError("the answer has too many interim heads");
  }

  /** Brings sending to its end after the final head came first. Gives whether all of the request went out. */
  async #endSending(sender: RequestSender, refused: boolean): Promise<boolean> {
    if (this.#gate?.waiting) this.#gate.shut();
    else if (refused && this.#request.payload.length > 0) {
      sender.stop();
      await turn();
      return sender.sent === "all";
    }
    await sender.settled;
    if (sender.failure && !refused) throw sender.failure.error;
    return sender.sent === "all";
  }

  /** Takes an early answer into memory and closes the connection, so that nothing more of the request is sent. */
  async #keepEarlyBody(
    framing: BodyFraming,
    limits: ResponseLimits,
    stallMs: number,
    sender: RequestSender,
    owner: BodyOwner,
  ): Promise<MemoryBody> {
    const silent: BodyOwner = { describe: (error) => error, release() {}, received() {} };
    const source = new FramedBody(this.#connection, silent, {
      bandwidth: undefined,
      framing,
      limits,
      stallMs,
    });
    source.begin();
    const bytes = await takeSome(source, EARLY_BODY);
    this.#connection.kill(new WireError("closed-early", "the answer came before the request was sent"));
    await sender.settled;
    return new MemoryBody(bytes, owner);
  }
}

/** Lets news come in of bytes that the network has taken already. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The first bytes of a body, or those that came before it broke off. */
async function takeSome(source: BodySource, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  try {
    while (length < limit) {
      const count = await source.read(bytes.subarray(length));
      if (count === 0) break;
      length += count;
    }
  } catch {
    // The status says what matters; a service may well close a connection on which it refused a body.
  }
  await source.close(false);
  return bytes.slice(0, length);
}
