import { expectEqual } from "../../conformance/expect.ts";
import { collect, sampleBytes } from "../../conformance/samples.ts";
import type { OpenedService, ServiceCase } from "../service_case.ts";
import { needsOf, putCallObjects, SERVICE_CALLS } from "../service_calls.ts";
import type { FakeCredentials } from "../service_setup.ts";

/** The credentials of a store that has some, used once. */
async function signIn(opened: OpenedService): Promise<FakeCredentials> {
  await putCallObjects(opened);
  const { credentials, store } = opened;
  if (!credentials) throw new TypeError("Cannot let credentials expire: the setup's start() gives none");
  await store.head("object");
  expectEqual(credentials.issued, 1, "how often the store asked for credentials");
  return credentials;
}

/** Credentials that expire before their time. */
export const credentialCases: readonly ServiceCase[] = [
  ...Object.entries(SERVICE_CALLS).map(([name, { makes, run }]): ServiceCase => ({
    name: `${name} renews credentials that the service calls expired, once`,
    needs: needsOf(makes),
    needsCredentials: true,
    async run(context) {
      await using opened = await context.open();
      const credentials = await signIn(opened);
      credentials.expire();
      await run(opened.store, context);
      expectEqual(credentials.issued, 2, "how often the store asked for credentials");
    },
  })),
  {
    name: "many calls at once renew expired credentials once for all",
    needsCredentials: true,
    async run(context) {
      await using opened = await context.open();
      const credentials = await signIn(opened);
      credentials.expire();
      const { store, container } = opened;
      const keys = Array.from({ length: 20 }, (_, i) => `object-${i}`);
      const puts = keys.map((key) => store.put(key, sampleBytes(10)));
      await Promise.all([...puts, collect(store.list())]);
      for (const key of keys) {
        expectEqual((await container.bytes(key))?.length, 10, `the bytes of ${key}`);
      }
      expectEqual(credentials.issued, 2, "how often the store asked for credentials");
    },
  },
];
