import { assertEquals, assertThrows } from "@std/assert";
import { parseConnectionString } from "./connection_string.ts";
import { DEVELOPMENT_KEY } from "./development_account.ts";

const KEY = "AAECAwQFBgc=";

Deno.test("parseConnectionString() reads what the portal gives, in either case of letters and any order", () => {
  const text =
    `DefaultEndpointsProtocol=https;AccountName=mine;AccountKey=${KEY};EndpointSuffix=core.windows.net`;
  const wanted = { account: "mine", accountKey: KEY };
  assertEquals(parseConnectionString(text), wanted);
  assertEquals(parseConnectionString(text.split(";").reverse().join(" ; ").concat(";")), wanted);
  assertEquals(parseConnectionString(`accountname=mine;ACCOUNTKEY=${KEY}`), wanted);
});

Deno.test("parseConnectionString() reads endpoints, other clouds and signatures", () => {
  const cases: readonly (readonly [text: string, wanted: object])[] = [
    [
      "BlobEndpoint=https://mine.blob.core.windows.net/;QueueEndpoint=https://q;SharedAccessSignature=?sv=1&sig=a%3D",
      { endpoint: "https://mine.blob.core.windows.net/", sasToken: "?sv=1&sig=a%3D" },
    ],
    [
      `AccountName=mine;AccountKey=${KEY};EndpointSuffix=core.chinacloudapi.cn;DefaultEndpointsProtocol=http`,
      { account: "mine", endpoint: "http://mine.blob.core.chinacloudapi.cn", accountKey: KEY },
    ],
    ["AccountName=mine", { account: "mine" }],
    [
      "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://box",
      {
        account: "devstoreaccount1",
        endpoint: "http://box:10000/devstoreaccount1",
        accountKey: DEVELOPMENT_KEY,
      },
    ],
  ];
  for (const [text, wanted] of cases) assertEquals(parseConnectionString(text), wanted, text);
});

Deno.test("parseConnectionString() says what is wrong, and shows no value", () => {
  const secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
  const cases: readonly (readonly [text: string, fault: string])[] = [
    [`${secret}==`, "has a part that is not of the form Name=value"],
    [secret, "has a part that is not of the form Name=value"],
    [`AccountName=mine;AccountKey=`, "has a part that is not of the form Name=value"],
    [`AccountName=mine;AcountKey=${secret}`, "has the unknown key AcountKey"],
    [`AccountName=mine;accountname=other`, "has accountname twice"],
    [`AccountKey=${secret}`, "has neither AccountName nor BlobEndpoint"],
    [`BlobEndpoint=https://a;AccountKey=${secret}`, "has AccountKey without AccountName"],
    [
      `AccountName=mine;AccountKey=${secret};SharedAccessSignature=sig=${secret}`,
      "has both AccountKey and SharedAccessSignature",
    ],
    ["AccountName=Mine", "has an AccountName that is none"],
    [`AccountName=mine;AccountKey=!${secret}`, "has an AccountKey that is not in base64"],
    [`AccountName=mine;SharedAccessSignature=${secret}`, "has a SharedAccessSignature that is none"],
    [`BlobEndpoint=https://a:${secret}@b`, "has a BlobEndpoint that is no URL"],
    [
      `UseDevelopmentStorage=true;DevelopmentStorageProxyUri=${secret}`,
      "has a DevelopmentStorageProxyUri that is no URL",
    ],
    ["AccountName=mine;DefaultEndpointsProtocol=ftp", "is neither https nor http"],
    ["AccountName=mine;EndpointSuffix=a/b", "is no name of a domain"],
    ["UseDevelopmentStorage=yes", "has a UseDevelopmentStorage that is not true"],
    [`UseDevelopmentStorage=true;AccountKey=${secret}`, "has other keys beside UseDevelopmentStorage=true"],
    ["AccountName=mine;DevelopmentStorageProxyUri=http://box", "without UseDevelopmentStorage"],
  ];
  for (const [text, fault] of cases) {
    const error = assertThrows(() => parseConnectionString(text), SyntaxError, fault);
    assertEquals(error.message.includes(secret), false, error.message);
  }
});
