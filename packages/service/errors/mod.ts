/**
 * Failures that a service reports: what it says of one ({@linkcode ServiceFault}), how that is read ({@linkcode FaultReader})
 * and what a caller makes of it ({@linkcode ErrorTable}).
 *
 * @module
 */
export { errorRows, type Failures } from "./error_rows.ts";
export {
  clockSkew,
  type ErrorRow,
  ErrorTable,
  type FailedCall,
  type FaultReading,
  type FaultSetting,
  type FaultSign,
} from "./error_table.ts";
export {
  type AnswerOrigin,
  commonFaultOptions,
  type FailedReply,
  faultInsideSuccess,
  type FaultReader,
  foreignFault,
  type HeaderSource,
} from "./fault_reader.ts";
export { faultOf } from "./fault_of.ts";
export { HTTP_ERRORS } from "./http_errors.ts";
export { ServiceFault, type ServiceFaultOptions } from "./service_fault.ts";
export { type ReportField, xmlFaults } from "./xml_faults.ts";
