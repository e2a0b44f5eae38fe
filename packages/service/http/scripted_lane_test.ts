import { FakeClock } from "@lade/testing";
import { LaneCarrier, type LaneCarrierSetup } from "./lane_carrier.ts";
import type { LaneWorker } from "./lane_link.ts";
import type { LaneCommand, LaneReport } from "./lane_messages.ts";
import { RequestPayload } from "./request_payload.ts";
import type { Attempt } from "./send_with_retry.ts";
import type { TransportRequest } from "./transport.ts";
import { completeTransportOptions } from "./transport_config.ts";
import type { TransportOptions } from "./transport_options.ts";

/** Where the tries of tests go. */
export const URL_OF_TRIES = "http://h:80/k";

/** A lane for tests of the main isolate's side: it says what the test has it say. */
export class ScriptedLane implements LaneWorker {
  onmessage: LaneWorker["onmessage"] = null;
  onerror: LaneWorker["onerror"] = null;
  terminated = false;
  /** What it was asked. */
  readonly commands: LaneCommand[] = [];

  postMessage(command: LaneCommand): void {
    this.commands.push(command);
  }

  terminate(): void {
    this.terminated = true;
  }

  tell(report: LaneReport): void {
    this.onmessage?.(new MessageEvent("message", { data: report }));
  }

  /** Ends by itself; whether the error was taken care of. */
  break(message = "gone"): boolean {
    const event = new ErrorEvent("error", { message, cancelable: true });
    this.onerror?.(event);
    return event.defaultPrevented;
  }

  /** Commands of one kind. */
  asked<Type extends LaneCommand["type"]>(type: Type): Extract<LaneCommand, { readonly type: Type }>[] {
    return this.commands.filter((command): command is Extract<LaneCommand, { readonly type: Type }> =>
      command.type === type
    );
  }

  /** The number of the newest try. */
  get newest(): number {
    return this.asked("send").at(-1)?.id ?? 0;
  }

  /** Answers a try with the head of a body of `length` bytes, which has ended where `waitedMs` is given. */
  head(
    { cpuMs = 0, id = this.newest, length = 10, waitedMs }: {
      readonly cpuMs?: number;
      readonly id?: number;
      readonly length?: number;
      readonly waitedMs?: number;
    } = {},
  ): void {
    const connection = { id: 1, endpoint: "http://h:80", remoteAddress: "10.0.0.1:80", reused: false };
    const times = { connectedAfterMs: 0, sentAfterMs: 0, firstByteAfterMs: 0 };
    const head = { status: 200, names: [], values: [], length, connection, ...times };
    this.tell({ type: "head", id, head, sent: 0, waitedMs, cpuMs });
  }
}

/** A carrier whose lanes a test speaks for. */
export function scriptedLanes(
  most: number,
  options: TransportOptions = {},
  setup: Partial<LaneCarrierSetup> = {},
): { readonly carrier: LaneCarrier; readonly clock: FakeClock; readonly lanes: readonly ScriptedLane[] } {
  const clock = new FakeClock();
  const lanes: ScriptedLane[] = [];
  let id = 0;
  const carrier = new LaneCarrier({
    config: completeTransportOptions({ clock, ...options }),
    most,
    nextId: () => ++id,
    start: () => {
      const lane = new ScriptedLane();
      lanes.push(lane);
      return lane;
    },
    ...setup,
  });
  return { carrier, clock, lanes };
}

/** A try of a request whose answer is poured. */
export function tryOf(
  more: Partial<TransportRequest> = {},
  own: Partial<Attempt> = {},
): Attempt {
  const request: TransportRequest = { method: "GET", url: URL_OF_TRIES, pours: 1, ...more };
  return {
    request,
    payload: new RequestPayload(request.body),
    url: URL_OF_TRIES,
    headers: [],
    idempotent: true,
    startMs: 0,
    firstByteTimeoutMs: 1_000,
    ...own,
  };
}
