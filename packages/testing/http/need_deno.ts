import { UnsupportedError } from "@lade/core/errors";

/** Throws an `UnsupportedError` where there are no sockets of Deno, which something of that name is made of. */
export function needDeno(name: string): void {
  if (typeof Deno !== "undefined") return;
  const detail = `a ${name} has the sockets of Deno`;
  throw new UnsupportedError({
    operation: "open",
    uri: "http://127.0.0.1",
    detail,
    advice: "run it on Deno",
  });
}
