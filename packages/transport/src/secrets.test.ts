import { expect, it } from "vitest";
import { quotesSecrets, redactor } from "./secrets.ts";

it("takes keys, tokens, whole signed headers and bare signatures out of a text", () => {
  const redact = redactor({
    credentials: {
      kind: "access-key",
      accessKeyId: "id",
      accessKeySecret: "key-secret",
      securityToken: "sts-token",
    },
    application: { accessKeyId: "app", accessKeySecret: "app-secret" },
    signedHeaders: { date: "Sun, 22 Nov 2026 10:00:00 GMT", authorization: "ODPS id:c2lnbmF0dXJl" },
  });
  expect(redact("key-secret sts-token app-secret")).toBe("*** *** ***");
  expect(
    redact("got ODPS id:c2lnbmF0dXJl, expected id:b3RoZXI=, c2lnbmF0dXJl at Sun, 22 Nov 2026 10:00:00 GMT"),
  ).toBe("got ***, expected id:b3RoZXI=, *** at Sun, 22 Nov 2026 10:00:00 GMT");
});

it("takes a bearer token out, and leaves words alone that are too short to be one", () => {
  const long = redactor({ credentials: { kind: "bearer", token: "jwt.jwt" }, signedHeaders: {} });
  const short = redactor({ credentials: { kind: "bearer", token: "a" }, signedHeaders: {} });
  expect(long("token jwt.jwt")).toBe("token ***");
  expect(short("a table")).toBe("a table");
});

it("finds an answer that quotes them, but not one that holds a word which is somebody's key", () => {
  const quotes = quotesSecrets({
    credentials: { kind: "access-key", accessKeyId: "id", accessKeySecret: "password" },
    signedHeaders: { authorization: "ODPS id:c2lnbmF0dXJlIG9mIGl0" },
  });
  expect(
    ['{"id":"c2lnbmF0dXJlIG9mIGl0"}', "ODPS id:c2lnbmF0dXJlIG9mIGl0", "a password", ""].map(quotes),
  ).toEqual([true, true, false, false]);
});
