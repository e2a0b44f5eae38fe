import process from "node:process";

/** Reads a variable of the environment. */
export type Environment = (name: string) => string | undefined;

/** The process's environment. A variable that may not be read counts as absent: nobody is asked for leave. */
export const systemEnvironment: Environment = (name) => {
  if (!isGranted({ name: "env", variable: name })) return undefined;
  return process.env[name] || undefined;
};

/** Whether this process may do something already, without asking anybody. */
export function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  if (typeof Deno === "undefined") return true;
  return Deno.permissions.querySync(descriptor).state === "granted";
}
