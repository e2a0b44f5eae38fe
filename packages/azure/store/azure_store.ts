import { ServiceStore } from "@lade/service/store";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import { AZURE_OPERATIONS } from "./azure_operations.ts";
import { azureTargetOf, type AzureTargetSetup } from "./azure_target_of.ts";

/** What an {@linkcode AzureStore} is made of. */
export interface AzureStoreSetup extends AzureTargetSetup {
  /** Frees what the store shares with others; nothing by default. */
  readonly close?: () => Promise<void>;
}

/** A container of Azure Blob Storage. */
export class AzureStore extends ServiceStore<AuthorizedTarget> {
  /** Makes no request. */
  constructor(container: string, { close, ...setup }: AzureStoreSetup) {
    const target = azureTargetOf(container, setup);
    super(target, AZURE_OPERATIONS, async () => {
      await target.client.close();
      await close?.();
    });
  }
}
