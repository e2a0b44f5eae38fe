/**
 * The whole contract of a store over the operations of a service: a backend says what its service does with one object,
 * and where its container is.
 *
 * @module
 */
export {
  type ContainerOperations,
  type Diagnose,
  serviceProvider,
  type ServiceProviderSetup,
} from "./service_provider.ts";
export { ServiceStore } from "./service_store.ts";
export type {
  ResumedSink,
  ServiceCopy,
  ServiceOperations,
  SingleDeleter,
  SinkOptions,
} from "./service_operations.ts";
export { type ServiceTarget, serviceTarget, type ServiceTargetSetup, writeLimit } from "./service_target.ts";
export { checkSignedKey, checkSignedLife, MAX_SIGNED_MS } from "./signed_url.ts";
