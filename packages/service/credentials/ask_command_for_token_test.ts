import { assertEquals } from "@std/assert";
import { systemClock } from "@lade/core/backend";
import { askCommandForToken } from "./ask_command_for_token.ts";

const ask = (command: string) => askCommandForToken(command, "tool login", systemClock);

Deno.test("askCommandForToken() reads the token that a program prints", async () => {
  assertEquals(await ask(`echo '{"accessToken":"T","expires_on":"1893456000"}'`), {
    token: "T",
    expiration: new Date(1_893_456_000_000),
  });
});

Deno.test("askCommandForToken() says why there is none", async () => {
  for (
    const [command, words] of [
      ["no-such-tool print", "no-such-tool is not installed"],
      [`echo "Please run 'tool login'." >&2; exit 1`, "nobody has logged in by tool login"],
      ["echo 'it broke: client_secret=s3cret' >&2; exit 1", "it broke: client_secret=***"],
      [`echo '{"accessToken":"T"}'; exit 1`, "echo gives no token"],
      ["echo nothing", "echo gives no token"],
      ["head -c 2000000 /dev/zero", "head prints more than 1048576 bytes"],
    ] as const
  ) assertEquals(await ask(command), words);
});
