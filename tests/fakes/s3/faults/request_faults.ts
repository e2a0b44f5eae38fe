import type { ErrorAnswer } from "../error_response.ts";
import { messageOf } from "../s3_error.ts";
import type { Exchange } from "../wire/serve_connection.ts";
import type { CutMode } from "../wire/send_response.ts";
import type { FaultPlan } from "./fault_plan.ts";

/** What faults make of a request before any work is done. */
export type Preempted = { kind: "error"; error: ErrorAnswer } | { kind: "cut"; how: CutMode } | undefined;

/** Lets faults act on a request before any work is done. */
export async function preempt(plan: FaultPlan, exchange: Exchange): Promise<Preempted> {
  const { head, body, stream } = exchange;
  for (const { action } of plan.all("before")) await action.run();
  for (const { fault, action } of plan.all("stall")) {
    if (action.at === "request") await Promise.race([fault.released, stream.gone]);
  }
  const cut = plan.find("cut-request");
  if (cut !== undefined) {
    while (body.received < cut.afterBytes && await body.next(cut.afterBytes - body.received) !== null);
    return { kind: "cut", how: cut.how };
  }
  const status = plan.find("status");
  if (status !== undefined) {
    if (status.afterBody === true) await body.drain();
    const { code = status.status === 503 ? "SlowDown" : "InternalError", headers = {} } = status;
    return error(status.status, code, status.message, headers);
  }
  const redirect = plan.find("redirect");
  if (redirect !== undefined) return redirected(redirect, head.target);
  const refuse = plan.find("refuse-unsigned-payload");
  if (refuse !== undefined && head.headers.get("x-amz-content-sha256") === "UNSIGNED-PAYLOAD") {
    return error(
      refuse.status ?? 400,
      refuse.code ?? "InvalidRequest",
      "UNSIGNED-PAYLOAD is not allowed here",
    );
  }
  return undefined;
}

function redirected(action: { status: 301 | 307; to?: string; region?: string }, target: string): Preempted {
  const code = action.status === 301 ? "PermanentRedirect" : "TemporaryRedirect";
  const headers: Record<string, string> = {};
  if (action.region !== undefined) headers["x-amz-bucket-region"] = action.region;
  // The service names the host of a permanent redirect in the document alone.
  if (action.status === 307 && action.to !== undefined) headers["Location"] = action.to + target;
  const details = action.to === undefined ? {} : { Endpoint: new URL(action.to).host };
  return {
    kind: "error",
    error: { status: action.status, code, message: messageOf(code) ?? code, details, headers },
  };
}

function error(
  status: number,
  code: string,
  message: string | undefined,
  headers: Record<string, string> = {},
): Preempted {
  return {
    kind: "error",
    error: { status, code, message: message ?? messageOf(code) ?? code, details: {}, headers },
  };
}
