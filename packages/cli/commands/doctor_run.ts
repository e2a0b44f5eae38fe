import { CheckMessage } from "../messages/check_message.ts";
import { DiagnosisMessage } from "../messages/diagnosis_message.ts";
import { uriOfArgument } from "../places/place.ts";
import type { RunCommand } from "../program/command.ts";
import type { DoctorOptions } from "./doctor.ts";

const MOST_COLUMNS = 100;

/** Prints each check as it is done, and what they come to. */
export const runDoctor: RunCommand<DoctorOptions> = async (context, { uri: argument, write }) => {
  const { output, signal, terminal, settings } = context;
  const uri = uriOfArgument(argument);
  const lade = await context.lade();
  const columns = Math.min(terminal.columns() ?? 80, MOST_COLUMNS);
  const counts = { ok: 0, warning: 0, failed: 0, skipped: 0 };
  for await (const check of lade.diagnose(uri, { signal, write })) {
    counts[check.outcome]++;
    await output.result(new CheckMessage(check, { columns, verbosity: settings.verbosity }));
    await output.flush();
  }
  const diagnosis = new DiagnosisMessage({ uri, ...counts });
  if (counts.failed > 0) await output.fail(diagnosis);
  else await output.note(diagnosis);
};
