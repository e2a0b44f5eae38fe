import { ServiceFault } from "../service_fault.ts";
import type { WireResponse } from "../wire/response.ts";
import type { Exchange } from "../wire/serve_connection.ts";
import type { CutMode } from "../wire/send_response.ts";
import type { FaultPlan } from "./fault_plan.ts";

/** What faults make of a request before any work is done. */
export type Preempted =
  | { kind: "fault"; fault: ServiceFault }
  | { kind: "answer"; response: WireResponse }
  | { kind: "cut"; how: CutMode }
  | undefined;

/** Lets faults act on a request before any work is done. */
export async function preempt(plan: FaultPlan, { head, body, stream }: Exchange): Promise<Preempted> {
  for (const { action } of plan.all("before")) await action.run();
  for (const { fault, action } of plan.all("stall")) {
    if (action.at === "request") await Promise.race([fault.released, stream.gone]);
  }
  for (const { action } of plan.all("flip-request")) body.flip(action.atByte);
  const cut = plan.find("cut-request");
  if (cut !== undefined) {
    while (body.received < cut.afterBytes && await body.next(cut.afterBytes - body.received) !== null);
    return { kind: "cut", how: cut.how };
  }
  const status = plan.find("status");
  if (status !== undefined) {
    if (status.afterBody === true) await body.drain();
    return { kind: "fault", fault: new ServiceFault(status) };
  }
  const redirect = plan.find("redirect");
  if (redirect !== undefined) {
    const { status, to, headers = {} } = redirect;
    const redirectTo = to === undefined ? undefined : to + head.target;
    return { kind: "fault", fault: new ServiceFault({ status, headers, redirectTo }) };
  }
  const answer = plan.find("answer");
  if (answer === undefined) return undefined;
  const { headers } = answer;
  const bytes = typeof answer.body === "string" ? new TextEncoder().encode(answer.body) : answer.body;
  return {
    kind: "answer",
    response: { status: answer.status, headers, body: bytes, chunked: false },
  };
}
