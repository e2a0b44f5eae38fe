import type { Check } from "@lade/core";
import { unhonoured } from "../config/unread_settings.ts";
import { origin } from "./origin.ts";
import type { S3Patient } from "./s3_patient.ts";

/** Settings that have checks of their own. */
const TOLD = new Set(["region", "endpoint", "credentials"]);

/** Tells what else is configured and where, and what is said in a profile and not honoured. */
export async function checkSettings({ store: { connection } }: S3Patient): Promise<Check[]> {
  const name = "settings";
  const { shown, loadProfile } = connection.config;
  const others = shown.filter((setting) => !TOLD.has(setting.name));
  const checks: Check[] = [];
  if (others.length > 0) {
    const detail = others.map((setting) => `${setting.name} ${setting.value}, ${origin(setting.source)}`)
      .join(
        "; ",
      );
    const facts = Object.fromEntries(others.map((setting) => [setting.name, setting.value]));
    checks.push({ name, outcome: "ok", detail, facts });
  }
  for (const { key, source, reason } of unhonoured(await loadProfile())) {
    checks.push({ name, outcome: "warning", detail: `${key} of ${source} is not honoured: ${reason}` });
  }
  return checks;
}
