import type { Invocation } from "../command/command.ts";
import type { GlobalOptions } from "../command/global_options.ts";

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: "run"; readonly invocation: Invocation; readonly settings: GlobalOptions }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "mistake"; readonly problem: string };

/** How help looks. */
export interface HelpFormat {
  /** Characters in a line. */
  readonly columns: number;
  /** Whether it may have colours. */
  readonly colors: boolean;
}
