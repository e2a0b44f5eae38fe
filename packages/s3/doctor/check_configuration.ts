import type { Check } from "@lade/core/backend";
import { type AnswerLog, origin, tellEndpoint, tellLifetime, tellSettings } from "@lade/service/diagnosis";
import type { S3Connection } from "../wire/s3_connection.ts";
import { unhonoured } from "../config/unread_settings.ts";
import { maskKeyId } from "../credentials/mask_key_id.ts";

/** Settings that have checks of their own. */
const TOLD = new Set(["region", "endpoint", "credentials"]);

/** Says whose keys are used, where they come from and how long they last. */
export async function checkCredentials({ clock, credentials }: S3Connection): Promise<Check> {
  const name = "credentials";
  if (!credentials) return { name, outcome: "ok", detail: "none: requests go unsigned" };
  const keys = await credentials.get();
  const accessKeyId = maskKeyId(keys.accessKeyId);
  const source = credentials.current?.source ?? "";
  const kind = keys.sessionToken === undefined
    ? ""
    : `, temporary${tellLifetime(keys.expiration, clock.now())}`;
  const detail = `access key ${accessKeyId}, from ${source}${kind}`;
  return { name, outcome: "ok", detail, facts: { accessKeyId, source } };
}

/** Says which region and endpoint are used, what else is configured, and what a profile says that is not honoured. */
export async function checkConfiguration(connection: S3Connection, answers: AnswerLog): Promise<Check[]> {
  const { config, endpoint: { pathStyle, serviceUrl } } = connection;
  const endpoint = tellEndpoint({
    url: serviceUrl,
    source: config.endpoint?.source ?? "the region",
    more: pathStyle ? "path style" : "virtual-host style",
    facts: { pathStyle },
  }, answers);
  const ignored = unhonoured(await config.loadProfile()).map(({ key, source, reason }): Check => {
    return {
      name: "settings",
      outcome: "warning",
      detail: `${key} of ${source} is not honoured: ${reason}`,
    };
  });
  return [checkRegion(connection), endpoint, ...tellSettings(config.shown, TOLD), ...ignored];
}

function checkRegion({ config: { region: { source, value } }, region: now }: S3Connection): Check {
  const name = "region";
  const facts = { region: now, source };
  if (now === value) return { name, outcome: "ok", detail: `${now}, ${origin(source)}`, facts };
  const found = `is wrong: the bucket is in ${now}, as one refused request found out`;
  return {
    name,
    outcome: "warning",
    detail: `${value}, ${origin(source)}, ${found}`,
    advice: `set region to ${JSON.stringify(now)}`,
    facts,
  };
}
