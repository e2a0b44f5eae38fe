import { nodeModule } from "@lade/codec/node";

/** The runtime, its version and for which machine it is: `Deno 2.9.1, x86_64-unknown-linux-gnu`, `Node 26.1.0, linux-x64`. */
export function runtimeName(): string {
  if (typeof Deno !== "undefined") return `Deno ${Deno.version.deno}, ${Deno.build.target}`;
  const process = nodeModule("node:process");
  return process ? `Node ${process.versions.node}, ${process.platform}-${process.arch}` : "a browser";
}
