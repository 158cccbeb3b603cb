import { describe, expect, it } from "vitest";
import { checkProxies, proxiesOf } from "./proxy.ts";

describe("the proxies of an environment", () => {
  it("are none in an empty one", () => {
    expect(proxiesOf({})).toEqual({ httpProxy: "", httpsProxy: "", noProxy: "" });
  });

  it("come from lower-case names first, and an empty one is none", () => {
    const env = {
      http_proxy: "",
      HTTP_PROXY: "http://a:1",
      HTTPS_PROXY: "http://b:2",
      https_proxy: "http://c:3",
      NO_PROXY: " x,.y ",
    };
    expect(proxiesOf(env)).toEqual({ httpProxy: "", httpsProxy: "http://c:3", noProxy: "x,.y" });
  });

  it("may leave out the scheme", () => {
    expect(proxiesOf({ HTTP_PROXY: "proxy:8080" }).httpProxy).toBe("http://proxy:8080");
  });

  it("that are no URL are refused by name, without the password in them", () => {
    for (const httpsProxy of [
      "http://user:hunter2@",
      "ftp://user:hunter2@proxy",
      "http://user:hunter2@a b",
    ]) {
      expect(() => checkProxies({ httpsProxy })).toThrow(
        new TypeError(
          "Expected the HTTPS proxy to be a URL such as http://proxy.example:8080, got something else",
        ),
      );
    }
  });
});
