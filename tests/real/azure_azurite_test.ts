import { azureProvider } from "@lade/azure";
import { conformance, providerConformance } from "@lade/testing/conformance";
import { AZURITE, openNewContainer } from "./azurite.ts";
import { whereInstalled } from "./where_installed.ts";

const MISSING = "Azurite answers 412 where a condition on the etag meets no blob";
const XML = "Azurite answers 500 to a listing by a prefix that is no character of XML";
const METADATA = "Azurite gives back the prototype's member with metadata of its name, such as constructor";
const TAGS = "Azure takes tags of some letters of ASCII only";
const SOURCE = "the URL of a copy's source has 2 KiB at most";
const DROPPED = "Azure drops the blocks of a write that is not closed when the object of the key is deleted";

/** Cases that Azurite cannot pass, each with the reason. */
const skip: Readonly<Record<string, string>> = {
  "get() and head() of a missing object are NotFoundErrors under any condition": MISSING,
  "delete() with ifMatch of a missing object succeeds: it is gone": MISSING,
  "deleteMany() with ifMatch deletes what has that etag alone, and tells the others apart": MISSING,
  "tags hold letters of every script": TAGS,
  "keys of letters of two bytes are held up to the greatest length, and refused beyond": SOURCE,
  "keys of characters of two units are held up to the greatest length, and refused beyond": SOURCE,
  "keys that are no characters of XML stand for themselves, or are refused with the reason": XML,
  "metadata names of letters and digits are held by every store": METADATA,
  "a resumed write whose close() was refused is closed by another writer, once nothing is in the way":
    DROPPED,
};

whereInstalled(AZURITE, (server) => {
  const options = { skip, storageClass: "Cool" };
  conformance("AzureStore on Azurite", () => openNewContainer(server()), Deno.test, options);
  let count = 0;
  providerConformance("azureProvider() on Azurite", () => {
    const { url, account, key: accountKey } = server();
    return Promise.resolve({
      provider: azureProvider({ env: () => undefined }),
      newName: () => `${new URL(url).host}/${account}/provided-${++count}`,
      options: { config: { account, accountKey, endpoint: `${url}/${account}` } },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  }, Deno.test);
});
