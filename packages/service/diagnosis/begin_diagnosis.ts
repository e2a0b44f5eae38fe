import { type CallOptions, createStoreContext, type StoreContext } from "@lade/core/backend";
import { createTransport, type CreateTransportOptions, type Transport } from "../http/mod.ts";
import type { ServiceSurroundings } from "../session/mod.ts";
import { AnswerLog } from "./answer_log.ts";
import { DIAGNOSIS_BOUNDS } from "./examine_service.ts";
import { completeDiagnosis, type ServiceDiagnoseOptions } from "./service_diagnose_options.ts";
import type { ServicePatient } from "./service_patient.ts";

/** What a diagnosis begins with. */
export interface BegunDiagnosis {
  /** Time and chance. */
  readonly context: StoreContext;
  /** Makes the transport of what is examined, which notes each answer. */
  readonly transport: (options: CreateTransportOptions) => Transport;
  /** What its patient has of the options. */
  readonly begun: Pick<
    ServicePatient,
    "answers" | "clock" | "maxBytes" | "measureMs" | "prefix" | "signal" | "write"
  >;
}

/** Begins the diagnosis of a service. */
export function beginDiagnosis(
  options: ServiceDiagnoseOptions & CallOptions & {
    readonly context?: StoreContext;
    readonly surroundings?: Pick<ServiceSurroundings, "transport">;
  },
): BegunDiagnosis {
  const { context = createStoreContext(), signal, surroundings } = options;
  const { clock } = context;
  const answers = new AnswerLog(clock);
  const make = surroundings?.transport ?? createTransport;
  return {
    context,
    transport: (given) => make({ ...given, ...DIAGNOSIS_BOUNDS, observer: answers.observer }),
    begun: { ...completeDiagnosis(options), answers, clock, signal },
  };
}
