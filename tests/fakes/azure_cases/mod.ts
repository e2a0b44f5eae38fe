import type { AzureCase } from "./azure_case.ts";
import { blobCases } from "./blob_cases.ts";
import { containerCases } from "./container_cases.ts";

export * from "./azure_case.ts";

/** What the service and every stand-in for it does, asked by the service's own client. */
export const azureCases: readonly AzureCase[] = [...blobCases, ...containerCases];
