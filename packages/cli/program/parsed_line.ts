export type { CommandLine } from "../command/command_context.ts";

/** How help looks. */
export interface HelpFormat {
  /** Characters in a line. */
  readonly columns: number;
  /** Whether it may have colours. */
  readonly colors: boolean;
}
