/**
 * What the stores of one account at one service share, and how it is opened: connections, certificates, credentials.
 *
 * @module
 */
export {
  type CredentialSurroundings,
  type OpenedSession,
  openSession,
  type ServiceSession,
  type SessionSetup,
} from "./open_session.ts";
export type { OpenOptions, ServiceSurroundings } from "./service_surroundings.ts";
