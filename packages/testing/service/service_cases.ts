import { credentialCases } from "./cases/credentials.ts";
import { foreignAnswerCases } from "./cases/foreign_answers.ts";
import { hostileHeaderCases } from "./cases/hostile_headers.ts";
import { readFaultCases } from "./cases/read_faults.ts";
import { requestCountCases } from "./cases/request_counts.ts";
import { slowAnswerCases } from "./cases/slow_answers.ts";
import { throttlingCases } from "./cases/throttling.ts";
import { waitingCases } from "./cases/waiting.ts";
import { silenceCases } from "./cases/silence.ts";
import { writeFaultCases } from "./cases/write_faults.ts";
import type { ServiceCase } from "./service_case.ts";

/** Every promise of a backend over HTTP that its store can be asked about. */
export const serviceCases: readonly ServiceCase[] = [
  ...readFaultCases,
  ...slowAnswerCases,
  ...writeFaultCases,
  ...hostileHeaderCases,
  ...foreignAnswerCases,
  ...throttlingCases,
  ...credentialCases,
  ...waitingCases,
  ...silenceCases,
  ...requestCountCases,
];
