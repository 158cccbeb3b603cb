import { expect, it } from "vitest";
import { denyControl } from "./control-guard.ts";

const local = { method: "GET", peer: "127.0.0.1", headers: { host: "127.0.0.1:8080" } };
const json = { "content-type": "application/json" };

it.each([
  ["this machine", local],
  ["this machine by IPv6", { ...local, peer: "::1", headers: { host: "[::1]:8080" } }],
  ["this machine by a mapped address", { ...local, peer: "::ffff:127.0.0.1" }],
  ["localhost", { ...local, headers: { host: "LOCALHOST:8080" } }],
  ["a body of JSON", { ...local, method: "POST", headers: { ...local.headers, ...json } }],
  ["a removal", { ...local, method: "DELETE" }],
])("lets in %s", (_, request) => {
  expect(denyControl(request)).toBeUndefined();
});

it.each([
  ["another machine", { ...local, peer: "10.0.0.7" }, 403],
  ["another machine by a mapped address", { ...local, peer: "::ffff:10.0.0.7" }, 403],
  ["nobody", { ...local, peer: undefined }, 403],
  ["a page that points its own name here", { ...local, headers: { host: "evil.example:8080" } }, 403],
  ["a name that begins like an address", { ...local, headers: { host: "127.0.0.1.evil.example" } }, 403],
  ["a name that ends like one", { ...local, headers: { host: "localhost.evil.example:1" } }, 403],
  ["a request without a host", { ...local, headers: {} }, 403],
  ["a browser", { ...local, headers: { ...local.headers, origin: "http://127.0.0.1:8080" } }, 403],
  ["a page without an origin", { ...local, headers: { ...local.headers, origin: "null" } }, 403],
  ["a proxy", { ...local, headers: { ...local.headers, "x-forwarded-for": "10.0.0.7" } }, 403],
  ["a form", { ...local, method: "POST", headers: { ...local.headers, "content-type": "text/plain" } }, 415],
  ["a body of no type", { ...local, method: "POST" }, 415],
  [
    "a type that only begins like JSON",
    { ...local, method: "POST", headers: { ...local.headers, "content-type": "application/jsonp" } },
    415,
  ],
] as const)("keeps out %s", (_, request, status) => {
  expect(denyControl(request)?.status).toBe(status);
});
