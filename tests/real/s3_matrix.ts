import { conformance, type ConformanceOptions } from "@lade/testing/conformance";
import type { S3Options } from "@lade/s3";
import { unversioned } from "../s3/unversioned.ts";
import { commandCases } from "./s3_command_cases.ts";
import { realCases } from "./s3_real_cases.ts";
import { openNewBucket } from "./s3_server.ts";
import { type ForeignServer, whereInstalled } from "./where_installed.ts";

/** A server that others wrote, and what it cannot do. */
export interface MatrixServer extends ForeignServer {
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
  const { name, config = {}, skip, skipReal = {}, checksSignatures } = setup;
  const { partSize = 5 * 2 ** 20, storageClass = "STANDARD_IA" } = setup;
  const options: ConformanceOptions = { storageClass, partSize, skip: { ...unversioned, ...skip } };
  const whole = { multipart: { partSize }, ...config };
  whereInstalled(setup, (server) => {
    conformance(`S3Store on ${name}`, () => openNewBucket(server(), { config: whole }), Deno.test, options);
    commandCases({ name, server, config, skip: skipReal });
    realCases({ name, server, config, checksSignatures, skip: skipReal });
  });
}
