import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { type Check, PermissionDeniedError, UnauthenticatedError } from "@lade/core/backend";
import { MemoryStore } from "@lade/core/memory";
import { FakeClock } from "@lade/testing";
import { ServiceFault, type ServiceFaultOptions } from "../errors/service_fault.ts";
import { ResponseHeaders } from "../http/response_headers.ts";
import type { TransportResponse } from "../http/transport.ts";
import { AnswerLog } from "./answer_log.ts";
import { examineService } from "./examine_service.ts";
import { failedCheck } from "./failed_check.ts";
import type { ServicePatient } from "./service_patient.ts";
import { tellEndpoint } from "./tell_configuration.ts";

/** A store in memory whose calls are answered one after the other, each after a wait of one millisecond more. */
class Answering extends MemoryStore {
  readonly answers: AnswerLog;
  skewMs = 0;
  #waitMs = 0;

  constructor(clock: FakeClock) {
    super({ context: createStoreContext({ clock }) });
    this.answers = new AnswerLog(clock);
  }

  /** Notes an answer. */
  answered(): void {
    const date = new Date(this.context.clock.now() - this.skewMs).toUTCString();
    const response = {
      connection: { reused: true, remoteAddress: "192.0.2.1:443" },
      headers: new ResponseHeaders(["date"], [date]),
      timings: { startMs: 0, attemptMs: 0, connectedMs: 2, sentMs: 2, firstByteMs: 2 + ++this.#waitMs },
    } as unknown as TransportResponse;
    this.answers.observer.responded?.({} as never, response);
  }

  override head(...args: Parameters<MemoryStore["head"]>) {
    this.answered();
    return super.head(...args);
  }
}

/** Examines a service, changed by `change`, and gives its checks. */
async function examine(
  change: (store: Answering) => Partial<ServicePatient> = () => ({}),
): Promise<Check[]> {
  const clock = new FakeClock();
  const store = new Answering(clock);
  const patient: ServicePatient = {
    store,
    prefix: "",
    answers: store.answers,
    clock,
    maxBytes: 2 ** 21,
    measureMs: 1_000,
    signal: undefined,
    write: true,
    container: "box",
    maxSkewMs: 600_000,
    inParts: true,
    failed: failedCheck,
    credentials: () => Promise.resolve({ name: "credentials", outcome: "ok", detail: "user u" }),
    configuration: () => {
      const endpoint = { url: "https://toy.test", source: "option", more: "plain" };
      return Promise.resolve([tellEndpoint(endpoint, store.answers)]);
    },
    listPage: () => {
      store.answered();
      return Promise.resolve([]);
    },
    blame: ({ code }) => code === "Late" ? "clock" : undefined,
    ...change(store),
  };
  return await Array.fromAsync(examineService(patient));
}

const told = (checks: readonly Check[]) =>
  checks.map(({ name, outcome }) => outcome === "ok" ? name : `${name}:${outcome}`).join(" ");
const named = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name);

/** The error of a call that the service refused. */
function refused(Class: typeof PermissionDeniedError, fault: Partial<ServiceFaultOptions>) {
  const cause = new ServiceFault({ status: 403, ...fault });
  return () => Promise.reject(new Class({ operation: "list", uri: "toy://a", detail: "no", cause }));
}

Deno.test("examineService() tries everything in a fixed order, and leaves nothing", async () => {
  let observed = new MemoryStore();
  const checks = await examine((store) => ({
    tellWritten: () => "confirmed",
    whileWritable: async function* () {
      yield await Promise.resolve<Check>({ name: "parts", outcome: "ok", detail: "fine" });
    },
    traits: function* () {
      yield { name: "service", outcome: "ok", detail: "it is plain" };
    },
    store: observed = store,
  }));
  assertEquals(await Array.fromAsync(observed.list()), []);
  assertEquals(
    told(checks),
    "credentials endpoint clock list put head get delete parts latency upload download service",
  );
  assertEquals(
    named(checks, "endpoint")?.detail,
    "https://toy.test, as given by option, plain, connected in 2.0 ms",
  );
  assertStringIncludes(named(checks, "put")?.detail ?? "", "confirmed");
  const { fastestMs, medianMs, requests, slowestMs } = named(checks, "latency")?.facts ?? {};
  assertEquals(requests, 9);
  assert(Number(fastestMs) < Number(medianMs) && Number(medianMs) < Number(slowestMs));
});

Deno.test("examineService() without leave to write makes nothing", async () => {
  const checks = await examine((store) => ({
    write: false,
    whileWritable: () => {
      throw new Error("it writes");
    },
    store: Object.assign(store, {
      put: () => {
        throw new Error("it writes");
      },
    }),
  }));
  assertEquals(told(checks), "credentials endpoint clock list head get latency download:skipped");
});

Deno.test("examineService() warns of a clock that is off, and tells from when on requests are refused", async () => {
  const clockOf = async (skewMs: number, maxSkewMs?: number) => {
    const checks = await examine((store) => {
      store.skewMs = skewMs;
      return { write: false, ...(maxSkewMs === undefined ? {} : { maxSkewMs }) };
    });
    const { advice, detail, outcome } = named(checks, "clock") ?? {};
    return [outcome, detail, advice];
  };
  assertEquals(await clockOf(0), ["ok", "in step with the service's", undefined]);
  assertEquals(await clockOf(30_000), ["ok", "30 s ahead of the service's", undefined]);
  assertEquals(await clockOf(-300_000), [
    "warning",
    "5 min behind the service's; from 10 min on requests are refused",
    "set the clock",
  ]);
  assertEquals(await clockOf(700_000, 600_000), [
    "warning",
    "12 min ahead of the service's",
    "set the clock",
  ]);
});

Deno.test("examineService() ends with the check that the first refusal blames", async () => {
  const cases: [Partial<ServicePatient>, string][] = [
    [
      { credentials: () => Promise.reject(new Error("none")) },
      "credentials:failed endpoint calls:skipped",
    ],
    [
      { listPage: refused(UnauthenticatedError, { status: 401 }) },
      "credentials:failed endpoint calls:skipped",
    ],
    [
      { listPage: refused(UnauthenticatedError, { code: "Late" }) },
      "credentials endpoint clock:failed calls:skipped",
    ],
    [
      { listPage: refused(PermissionDeniedError, { foreign: "the page" }) },
      "credentials endpoint:failed calls:skipped",
    ],
    [{ listPage: () => Promise.reject(new Error("no route")) }, "credentials endpoint:failed calls:skipped"],
  ];
  for (const [change, expected] of cases) {
    const checks = await examine(() => change);
    assertEquals(told(checks), expected);
  }
});

Deno.test("examineService() goes on where only listing is denied, and writes no more where removing is", async () => {
  const unlisted = await examine(() => ({ write: false, listPage: refused(PermissionDeniedError, {}) }));
  assertEquals(told(unlisted), "credentials endpoint list:failed head get latency download:skipped");
  const kept = await examine((store) => ({
    store: Object.assign(store, { delete: refused(PermissionDeniedError, {}) }),
    whileWritable: () => {
      throw new Error("it writes");
    },
  }));
  assertEquals(
    told(kept),
    "credentials endpoint clock list put head get delete:failed latency download:skipped cleanup:failed",
  );
});
