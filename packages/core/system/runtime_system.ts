import { nodeSystem } from "./node_system.ts";
import type { System } from "./system_calls.ts";

/**
 * Files and processes: Deno itself, and elsewhere what Node has, in the same form. Modules of Node are loaded there alone. What
 * is asked of the system for files goes by this; whatever has another way without Deno asks whether there is one.
 */
export const system: System = typeof Deno === "undefined" ? nodeSystem() : Deno;
