import { assert, assertEquals } from "@std/assert";
import { unusedOptions } from "./backend_options.ts";
import { readCommandLine } from "./command_line.ts";

async function told(line: string): Promise<string[]> {
  const args = line.split(" ");
  const read = await readCommandLine(args, { columns: 80, colors: false });
  assert(read.kind === "run", line);
  return unusedOptions(args, read.settings.config);
}

Deno.test("an option that holds for none of the services of a command line is told, with what theirs is called", async () => {
  const instead = "--endpoint-url is for s3:// alone; for gs:// there is --gcs-endpoint";
  const cases: readonly (readonly [line: string, ...said: string[]])[] = [
    ["ls --endpoint-url http://127.0.0.1:1 gs://photos", instead],
    ["--endpoint-url=http://127.0.0.1:1 cp file GS://photos/", instead],
    ["cp --region eu-west-1 --project p az://c/k gs://photos/", "--region is for s3:// alone"],
    ["ls --project p --config gs://photos/=userProject=p s3://b", "--project is for gs:// alone"],
    ["cp --endpoint-url http://127.0.0.1:1 s3://b/k gs://photos/"],
    ["ls --no-sign-request --max-attempts 1 --config s3.region=r gs://photos"],
    ["cat --region eu-west-1 https://b.s3.amazonaws.com/k"],
    ["ls --region eu-west-1 file:///tmp/"],
    ["ls gs://photos"],
  ];
  for (const [line, ...said] of cases) assertEquals(await told(line), said, line);
});
