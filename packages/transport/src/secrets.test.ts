import { expect, it } from "vitest";
import { redactor } from "./secrets.ts";

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
