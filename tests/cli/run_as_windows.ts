/**
 * The command in a process that takes its system for Windows, as far as paths go.
 *
 * @module
 */
import "../../packages/fs/testing/as_windows.ts";

const { runProcess } = await import("../../packages/cli/program/run_process.ts");
await runProcess(Deno.args);
