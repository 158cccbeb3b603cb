import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SecretSearch } from "./secret-search.ts";

// Not collected by the watch over this very test: it is put together only here, and never signs anything.
const secret = ["pl4nted", "Leak", "of+a/key=="].join("-");
const search = new SecretSearch();
search.addText(secret);
const derived = Uint8Array.from({ length: 32 }, (_, index) => 255 - 7 * index);
search.addKey(derived);

describe("a planted secret is found", () => {
  const base64 = (before: string): string => Buffer.from(`${before}${secret} and more`).toString("base64");
  it.each([
    ["in words", `error: ${secret} was refused`],
    ["in base64", base64("")],
    ["in base64 one byte on", base64("x")],
    ["in base64 two bytes on", base64("xy")],
    ["in base64 for URLs", base64("x").replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")],
    ["in hexadecimal", Buffer.from(`a${secret}b`).toString("hex")],
    ["in upper hexadecimal", Buffer.from(secret).toString("hex").toUpperCase()],
    ["percent-encoded", `?key=${encodeURIComponent(secret)}&x`],
    ["in JSON", JSON.stringify({ nested: [{ secret }] })],
    ["as a derived key in hexadecimal", Buffer.from(derived).toString("hex")],
    ["as a derived key in base64", Buffer.from(derived).toString("base64")],
    ["as an Authorization value", `authorization: ODPS someone:${"A".repeat(27)}=`],
  ])("%s", (_where, text) => {
    expect(search.find(text)).toBeDefined();
  });

  it("as a signature", () => {
    const signature = Uint8Array.from(Buffer.from("00112233445566778899aabbccddeeff00112233", "hex"));
    search.addSignature(signature);
    expect(search.find(`signature ${Buffer.from(signature).toString("base64")}.`)).toBeDefined();
    expect(search.find(`signature ${Buffer.from(signature).toString("hex")}.`)).toBeDefined();
  });

  it("under the prefix that newer keys have", () => {
    const other = new SecretSearch();
    other.addKey(Buffer.from(`aliyun_v4${secret}`));
    expect(other.find(`got ${secret}`)).toBeDefined();
  });
});

it("what is no secret is not found, and what is found is not shown", () => {
  for (const text of [
    "",
    "an error in words",
    "0".repeat(64),
    createHmac("sha1", "k").update("d").digest("base64"),
  ]) {
    expect(search.find(text)).toBeUndefined();
  }
  expect(search.find(`${secret} ${Buffer.from(secret).toString("hex")}`)?.before).not.toContain(secret);
});

it("the emulator's own key may be shown where it is introduced, and nowhere else", () => {
  const known = new SecretSearch();
  known.addText("emulator-secret");
  expect(known.find("  access key  emulator-secret\n")).toBeUndefined();
  expect(known.find("export ODPS_ACCESS_KEY=emulator-secret")).toBeUndefined();
  expect(known.find("error: emulator-secret")).toBeDefined();
  expect(known.find(Buffer.from("emulator-secret").toString("base64"))).toBeDefined();
});
