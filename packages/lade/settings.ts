/**
 * The tables of the settings of every backend, by scheme: data that a program needs to read a configuration, without
 * loading a backend.
 *
 * @module
 */
import type { SettingTable } from "@lade/core/settings";
import { AZURE_SETTINGS } from "@lade/azure/settings";
import { DIRECT_SETTINGS, FILE_SETTINGS } from "@lade/fs/settings";
import { GCS_SETTINGS } from "@lade/gcs/settings";
import { S3_SETTINGS } from "@lade/s3/settings";

/** The settings of each scheme. */
export const SETTING_TABLES: Readonly<
  Record<"file" | "direct" | "s3" | "az" | "gs" | "memory", SettingTable>
> = {
  file: FILE_SETTINGS,
  direct: DIRECT_SETTINGS,
  s3: S3_SETTINGS,
  az: AZURE_SETTINGS,
  gs: GCS_SETTINGS,
  memory: [],
};
