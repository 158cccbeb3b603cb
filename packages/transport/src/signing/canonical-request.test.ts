import { describe, expect, it } from "vitest";
import { canonicalResource, canonicalString } from "./canonical-request.ts";
import { signableRequest } from "./request-target.ts";

const date = "Tue, 02 Jan 2024 03:04:05 GMT";

describe("a canonical string", () => {
  it("leaves empty lines for what is absent and covers no header but the four kinds", () => {
    const headers = {
      Date: date,
      "Content-Length": "0",
      "odps-tunnel-tags": "a",
      "authorization-sts-token": "t",
    };
    expect(canonicalString({ method: "post", path: "/projects/p", query: [], headers })).toBe(
      `POST\n\n\n${date}\n/projects/p`,
    );
  });

  it("names x-odps headers in lower case, sorted, and joins repeated ones with a comma", () => {
    const headers: [string, string][] = [
      ["X-Odps-Tunnel-Version", "6"],
      ["Date", date],
      ["x-odps-namespace-id", "n"],
      ["x-odps-tunnel-version", "7"],
    ];
    expect(canonicalString({ method: "GET", path: "/p", query: [], headers })).toBe(
      `GET\n\n\n${date}\nx-odps-namespace-id:n\nx-odps-tunnel-version:6,7\n/p`,
    );
  });

  it("takes headers from a Headers object, from pairs and from arrays of values alike", () => {
    const expected = `GET\n\ntext/plain\n${date}\n/p`;
    const shapes = [
      new Headers({ date, "content-type": "text/plain" }),
      new Map([
        ["DATE", date],
        ["Content-Type", "text/plain"],
      ]),
      { Date: [date], "content-type": "text/plain", "x-odps-absent": undefined },
    ];
    for (const headers of shapes) {
      expect(canonicalString({ method: "GET", path: "/p", query: [], headers })).toBe(expected);
    }
  });

  it("lifts x-odps query parameters among the headers unless told otherwise", () => {
    const request = { method: "GET", path: "/p", query: [["x-odps-a", "1"]] as const, headers: { date } };
    expect(canonicalString(request)).toBe(`GET\n\n\n${date}\nx-odps-a:1\n/p?x-odps-a=1`);
    expect(canonicalString(request, { liftQueryParameters: false })).toBe(`GET\n\n\n${date}\n/p?x-odps-a=1`);
  });
});

describe("a canonical resource", () => {
  it("sorts by name alone, writes bare keys bare, and keeps the last of a repeated name", () => {
    const query = [
      ["uploads", ""],
      ["b", "2"],
      ["B", "1"],
      ["b", "3"],
      ["a-b", "x"],
      ["a", "y"],
    ] as const;
    expect(canonicalResource("/t", query)).toBe("/t?B=1&a=y&a-b=x&b=3&uploads");
  });
});

describe("a request on the wire", () => {
  it("is signed without the endpoint's own path, and only where that is a whole segment", () => {
    const path = (url: string, endpoint?: string) =>
      signableRequest({ method: "GET", url, headers: {}, ...(endpoint === undefined ? {} : { endpoint }) })
        .path;
    expect(path("http://h/api/projects/p", "http://h/api")).toBe("/projects/p");
    expect(path("http://h/api/projects/p", "http://h/api/")).toBe("/projects/p");
    expect(path("/api/projects/p", "/api")).toBe("/projects/p");
    expect(path("/apis/projects/p", "/api")).toBe("/apis/projects/p");
    expect(path("/projects/p", "/api")).toBe("/projects/p");
    expect(path("https://h:80/projects/p?x#y")).toBe("/projects/p");
  });

  it("is decoded once: plus is a blank in the query and itself in the path", () => {
    const { path, query } = signableRequest({
      method: "GET",
      url: "/projects/a+b%2Fc%25/%E4%B8%AD?partition=pt%3Da+b%26%2B%25&empty=&bare&&=v",
      headers: {},
    });
    expect(path).toBe("/projects/a+b/c%/中");
    expect(query).toEqual([
      ["partition", "pt=a b&+%"],
      ["empty", ""],
      ["bare", ""],
      ["", "v"],
    ]);
  });

  it("survives escapes that are none and bytes that are no text", () => {
    const { path, query } = signableRequest({ method: "GET", url: "/%zz/%ff%E4%B8?a=%", headers: {} });
    expect(path).toBe("/%zz/\uFFFD\uFFFD");
    expect(query).toEqual([["a", "%"]]);
  });
});
