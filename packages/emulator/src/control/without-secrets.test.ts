import { expect, it } from "vitest";
import { secretRemover } from "./without-secrets.ts";

const remover = secretRemover(["very-secret/1", "abc"]);

it("replaces header fields that prove who sent them, and secrets wherever else they stand", () => {
  expect(
    remover.headers({
      host: "127.0.0.1",
      authorization: "ODPS id:c2ln",
      "authorization-sts-token": "token",
      "x-odps-bearer-token": "bearer",
      "application-authentication": "x",
      "set-cookie": ["a=1", "b=2"],
      "x-note": ["knows very-secret/1", "and more"],
      "x-missing": undefined,
    }),
  ).toEqual({
    host: "127.0.0.1",
    authorization: "[removed]",
    "authorization-sts-token": "[removed]",
    "x-odps-bearer-token": "[removed]",
    "application-authentication": "[removed]",
    "set-cookie": "[removed]",
    "x-note": "knows [removed], and more",
  });
});

it("does so in addresses, also where they are encoded", () => {
  expect(remover.url("/projects/p?uploadid=1&AccessKeyId=id&token=a%20b&q=very-secret%2F1&curr")).toBe(
    "/projects/p?uploadid=1&AccessKeyId=[removed]&token=[removed]&q=[removed]&curr",
  );
  expect(remover.url("/very-secret/1")).toBe("/[removed]");
});

it("leaves words alone that merely contain a very short secret", () => {
  expect(remover.url("/abcdef")).toBe("/abcdef");
});
