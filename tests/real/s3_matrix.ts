import { conformance, type ConformanceOptions } from "@lade/core/conformance";
import type { S3Options } from "@lade/s3";
import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";
import { unversioned } from "../s3/unversioned.ts";
import { commandCases } from "./s3_command_cases.ts";
import { realCases } from "./s3_real_cases.ts";
import { openNewBucket } from "./s3_server.ts";

/** A server that others wrote, and what it cannot do. */
export interface MatrixServer {
  /** What it is called. */
  readonly name: string;
  /** Whether it is installed. */
  readonly has: () => boolean;
  /** Starts it. */
  readonly start: () => Promise<S3TestServer>;
  /** Configuration of the stores. */
  readonly config?: S3Options;
  /** The smallest part that it takes, in bytes; 5 MiB by default. */
  readonly partSize?: number;
  /** Cases of the contract that it cannot pass, each with the reason. */
  readonly skip: Readonly<Record<string, string>>;
  /** Tests of sizes and failures that it cannot pass, each with the reason. */
  readonly skipReal?: Readonly<Record<string, string>>;
  /** Whether it compares signatures. */
  readonly checksSignatures: boolean;
  /** A storage class that it knows. */
  readonly storageClass?: string;
}

/** Registers the contract and the further tests on a server, or one skipped test where it is not installed. */
export function testOnServer(setup: MatrixServer): void {
  const { name, has, start, config = {}, skip, skipReal = {}, checksSignatures } = setup;
  const { partSize = 5 * 2 ** 20, storageClass = "STANDARD_IA" } = setup;
  if (!has()) {
    Deno.test.ignore(`S3Store on ${name} (skipped: ${name} is not installed: deno task servers)`, () => {});
    return;
  }
  let server: S3TestServer | undefined;
  Deno.test.beforeAll(async () => {
    server = await start();
  });
  Deno.test.afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  const running = () => {
    if (!server) throw new Error(`Cannot test: ${name} did not start`);
    return server;
  };
  const options: ConformanceOptions = { storageClass, partSize, skip: { ...unversioned, ...skip } };
  const whole = { multipart: { partSize }, ...config };
  conformance(`S3Store on ${name}`, () => openNewBucket(running(), { config: whole }), Deno.test, options);
  commandCases({ name, server: running, config, skip: skipReal });
  realCases({ name, server: running, config, checksSignatures, skip: skipReal });
}
