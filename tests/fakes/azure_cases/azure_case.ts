import { assertRejects } from "@std/assert";
import type { BlobServiceClient, ContainerClient, RestError } from "@azure/storage-blob";
import { Crc64Nvme } from "../parts/crc.ts";

/** A service for one case, asked by its own client. */
export interface CaseService {
  /** The account. */
  readonly service: BlobServiceClient;
  /** An empty container. */
  readonly container: ContainerClient;
}

/** Something that the service and every stand-in for it does. */
export interface AzureCase {
  /** What. */
  readonly name: string;
  /** Why Azurite does otherwise. */
  readonly notAzurite?: string;
  /** Asks. */
  run(given: CaseService): Promise<void>;
}

/** Bytes that differ from one another. */
export function sample(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 7 + seed * 31 + (index >> 8)) & 255);
}

/** The status and code of what a call fails with. */
export async function failure(call: () => Promise<unknown>): Promise<string> {
  const { statusCode, code, details } = await assertRejects(call) as RestError & {
    details?: { errorCode?: string };
  };
  return `${statusCode} ${code ?? details?.errorCode ?? ""}`;
}

/** The CRC-64/NVME of bytes as the service writes it. */
export function crc64(bytes: Uint8Array): string {
  const crc = new Crc64Nvme();
  crc.update(bytes);
  return crc.digest().toReversed().toBase64();
}

/** The id of a block by its number. */
export const blockId = (index: number) => btoa(String(index).padStart(5, "0"));
/** The bytes of a blob. */
export const bytesOf = async (container: ContainerClient, key: string) =>
  new Uint8Array(await container.getBlobClient(key).downloadToBuffer());

/** The names of a listing. */
export async function namesOf(container: ContainerClient, options = {}): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat(options)) names.push(name);
  return names;
}
