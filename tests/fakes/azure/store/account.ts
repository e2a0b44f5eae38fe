import type { Container } from "./container.ts";

/** How an account is set; may change at any time. */
export interface AccountSettings {
  /** Its keys, in base64. */
  keys: string[];
  /** It has a hierarchical namespace. */
  hierarchical: boolean;
  /** Versions are kept. */
  versioning: boolean;
  /** How many days deleted blobs are kept; 0 for not at all. */
  softDeleteDays: number;
  /** How many days deleted containers are kept; 0 for not at all. */
  containerSoftDeleteDays: number;
  /** Containers may be public. */
  allowsPublicAccess: boolean;
  /** Its keys may sign. */
  allowsKeys: boolean;
  /** Requests come from a network that its firewall shuts out. */
  isShutOut: boolean;
  /** It is disabled. */
  isDisabled: boolean;
  /** The tier of blobs for which none was asked. */
  defaultTier: "Hot" | "Cool";
  /** What it is sold as. */
  skuName: string;
  /** Its kind. */
  kind: string;
}

/** An account with its containers. */
export interface Account extends AccountSettings {
  /** The name. */
  readonly name: string;
  /** Containers by name. */
  readonly containers: Map<string, Container>;
  /** Containers that were deleted and are kept. */
  readonly deletedContainers: Container[];
}

/** The settings of an account of which nothing is said but its key. */
export function plainAccount(key: string): AccountSettings {
  return {
    keys: [key],
    hierarchical: false,
    versioning: false,
    softDeleteDays: 0,
    containerSoftDeleteDays: 0,
    allowsPublicAccess: true,
    allowsKeys: true,
    isShutOut: false,
    isDisabled: false,
    defaultTier: "Hot",
    skuName: "Standard_LRS",
    kind: "StorageV2",
  };
}
