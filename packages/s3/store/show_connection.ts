import type { ShownSetting } from "@lade/core/settings";
import type { S3Connection } from "../wire/s3_connection.ts";
import { unhonoured } from "../config/unread_settings.ts";
import { maskKeyId } from "../credentials/mask_key_id.ts";

/** What holds for a connection and where it came from, its credentials among it; what a profile says in vain, too. */
export async function showConnection({ config, credentials }: S3Connection): Promise<ShownSetting[]> {
  const keys = await Promise.resolve(credentials?.get()).catch(() => undefined);
  const profile = await config.loadProfile().catch(() => undefined);
  return [
    ...config.shown.filter(({ name }) => name !== "credentials"),
    ...keys
      ? [{
        name: "credentials",
        value: `access key ${maskKeyId(keys.accessKeyId)}`,
        source: credentials?.current?.source ?? "",
      }]
      : [],
    ...(profile ? unhonoured(profile) : []).map(({ key, source, reason }) => ({
      name: key,
      value: `is not honoured: ${reason}`,
      source,
    })),
  ];
}
