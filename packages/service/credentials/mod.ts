/**
 * Where credentials come from beside files and variables: services that are asked ({@linkcode askService}), and programs
 * that are run ({@linkcode runCommand}). A backend loads it when it comes to that.
 *
 * @module
 */
export {
  askService,
  checkServiceUrl,
  jsonFields,
  LOCAL_PATIENCE,
  probeService,
  type ServiceAnswer,
  type ServiceQuestion,
  type WebOptions,
} from "./ask_service.ts";
export { askCommandForToken } from "./ask_command_for_token.ts";
export { askForToken, briefly, type GivenToken, readToken, type Refusal, refused } from "./ask_for_token.ts";
export { CredentialFile } from "./credential_file.ts";
export { readSecret } from "./read_secret.ts";
export {
  type CommandBounds,
  CommandLimitError,
  type CommandOutcome,
  runCommand,
  whyNotRun,
} from "./run_command.ts";
export { searchPlaces, type TokenPlace } from "./search_places.ts";
export {
  type AssertionSetup,
  base64url,
  type PrivateKey,
  rsaSigner,
  signAssertion,
} from "./signed_assertion.ts";
