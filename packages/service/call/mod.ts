/**
 * One way for every call of a service: authorized by an {@linkcode Authorizer}, sent, judged by an {@linkcode AnswerRule},
 * put right once where the service names what is wrong, and followed where the service redirects it to.
 *
 * @module
 */
export type { AnswerRule } from "./answer_rule.ts";
export { type Authorizer, NO_AUTHORIZER, type UnauthorizedRequest } from "./authorizer.ts";
export { BearerAuthorizer, type BearerToken } from "./bearer_authorizer.ts";
export { jsonDialect, type JsonError } from "./json_dialect.ts";
export { plainRule, unaskedStatuses } from "./plain_rule.ts";
export { askForDocument, type DocumentReading } from "./ask_for_document.ts";
export type { Redirect } from "./redirect.ts";
export { type RedirectPolicy, type RedirectTrust, type ServiceEndpoint } from "./redirect_trust.ts";
export { sendOrFind } from "./send_or_find.ts";
export { ServiceCaller, type ServiceCallerSetup, type ServiceRequest } from "./service_caller.ts";
export {
  type ClientRequest,
  type DocumentRequest,
  ServiceClient,
  type ServiceClientSetup,
} from "./service_client.ts";
export type { ServiceDialect } from "./service_dialect.ts";
export { ServiceTime } from "./service_time.ts";
