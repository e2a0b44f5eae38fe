import { readVariable } from "@lade/core/backend";

/** Reads a variable of the environment. */
export type Environment = (name: string) => string | undefined;

/** The process's environment. A variable that may not be read counts as absent: nobody is asked for leave. */
export const systemEnvironment: Environment = (name): string | undefined => {
  if (!isAllGranted() && !isGranted({ name: "env", variable: name })) return undefined;
  return readVariable(name) || undefined;
};

/** Why a variable that counts as absent may well be there, in words: Deno may not read it. */
export function whyClosed(env: Environment, variable: string): string | undefined {
  const isClosed = env === systemEnvironment && !isGranted({ name: "env", variable });
  return isClosed ? "Deno may not read the environment (--allow-env)" : undefined;
}

/** Whether every variable may be read, which is quicker to find out than for each. */
function isAllGranted(): boolean {
  if (typeof Deno === "undefined") return true;
  const { state, partial } = Deno.permissions.querySync({ name: "env" });
  return state === "granted" && !partial;
}

/** A permission of Deno, in the form that Deno has for it: its types are not everywhere where this package is. */
export type Permission =
  | { readonly name: "env"; readonly variable: string }
  | { readonly name: "net"; readonly host: string }
  | { readonly name: "read" | "write"; readonly path: string }
  | { readonly name: "sys"; readonly kind: "homedir" };

/** Whether this process may do something already, without asking anybody. */
export function isGranted(permission: Permission): boolean {
  if (typeof Deno === "undefined") return true;
  return Deno.permissions.querySync(permission).state === "granted";
}
