import { system } from "../system/system.ts";

/**
 * Reads a variable of the environment of this process. One that is no text is a `TypeError` that names it, without its
 * value, which may be a secret.
 */
export function readVariable(name: string): string | undefined {
  try {
    return system.env.get(name);
  } catch (error) {
    if (!(error instanceof Error) || !/unicode/i.test(error.message)) throw error;
    throw new TypeError(`Cannot read the variable ${name} of the environment: its value is not UTF-8`);
  }
}
