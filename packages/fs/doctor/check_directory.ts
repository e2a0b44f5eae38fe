import type { Check } from "@lade/core";
import { probe } from "@lade/service/diagnosis";
import { system } from "@lade/core/system";
import { fileError } from "../files/file_error.ts";
import { fileSystemOf } from "./file_system.ts";
import type { LocalPatient } from "./local_patient.ts";

/** What looking at the directory came to. */
export interface DirectoryFindings {
  /** Whether there is any use in further calls. */
  readonly open: boolean;
  /** Bytes that may still be written; infinitely many where the system does not say. */
  readonly freeBytes: number;
}

/** Less free space than this, or than this share of all, is worth a note. */
const LITTLE_BYTES = 2 ** 30;
const LITTLE_SHARE = 0.05;

/** Looks whether the directory is there, what it lies on and how much room that has. */
export async function* checkDirectory(patient: LocalPatient): AsyncGenerator<Check, DirectoryFindings> {
  const name = "directory";
  const { root, uri } = patient.store;
  try {
    const status = await probe(patient, () => system.stat(root));
    if (!status.isDirectory) {
      const detail = `${JSON.stringify(root)} is a file`;
      yield { name, outcome: "failed", detail, advice: "name the directory that it lies in" };
      return { open: false, freeBytes: 0 };
    }
    const { kind, room } = await probe(patient, () => fileSystemOf(root)) ?? {};
    const { freeBytes = Infinity, totalBytes = 0 } = room ?? {};
    const little = freeBytes < Math.max(LITTLE_BYTES, totalBytes * LITTLE_SHARE);
    const found = kind === undefined ? root : `${root}, on ${kind}`;
    yield {
      name,
      outcome: little ? "warning" : "ok",
      detail: room ? `${found}; ${binarySize(freeBytes)} of ${binarySize(totalBytes)} are free` : found,
      ...(little && { advice: "make room, or what is written next may not fit" }),
      facts: { path: root, ...room, ...(kind !== undefined && { fileSystem: kind }) },
    };
    return { open: true, freeBytes };
  } catch (error) {
    patient.signal?.throwIfAborted();
    const check = await patient.failed(name, fileError(error, { operation: "examine", uri }));
    const missing = error instanceof system.errors.NotFound;
    yield missing ? { ...check, advice: "make it, as lade mb does, or correct the name" } : check;
    return { open: false, freeBytes: 0 };
  }
}

function binarySize(bytes: number): string {
  const power = Math.min(5, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 2 ** (10 * power);
  const unit = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"][power] ?? "";
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${unit}`;
}
