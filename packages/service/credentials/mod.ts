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
  type ServiceAnswer,
  type ServiceQuestion,
  type WebOptions,
} from "./ask_service.ts";
export { askForToken, briefly, readToken } from "./ask_for_token.ts";
export { type CommandBounds, CommandLimitError, type CommandOutcome, runCommand } from "./run_command.ts";
