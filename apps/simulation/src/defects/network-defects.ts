import type { PlantedDefect } from "./planted-defect.ts";

/** Defects between the client and the network. */
export const networkDefects: readonly PlantedDefect[] = [
  {
    name: "emptied-retry",
    what: "a block is sent again with an empty body",
    plant() {
      const seen = new Set<string>();
      return {
        fetch: (inner) => (input, init) => {
          const request = new Request(input, init);
          if (request.method !== "PUT" || !seen.has(request.url)) {
            seen.add(request.url);
            return inner(request);
          }
          const headers = new Headers(request.headers);
          headers.set("content-length", "0");
          return inner(new Request(request.url, { method: "PUT", headers, signal: request.signal }));
        },
      };
    },
  },
  {
    name: "redirect-is-success",
    what: "a 3xx is taken for success",
    plant: () => ({
      fetch: (inner) => async (input, init) => {
        const request = new Request(input, init);
        try {
          const response = await inner(request);
          return response.status < 300 || response.status > 399 ? response : new Response("{}");
        } catch (error) {
          const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
          if (!reason.includes("redirect")) {
            throw error;
          }
          return new Response("{}");
        }
      },
    }),
  },
  {
    name: "throttled-is-stored",
    what: "a 429 for a block is taken for stored",
    plant: () => ({
      fetch: (inner) => async (input, init) => {
        const request = new Request(input, init);
        const response = await inner(request);
        return request.method === "PUT" && response.status === 429 ? new Response("") : response;
      },
    }),
  },
  {
    name: "deaf-request",
    what: "a request cannot be given up, so that silence is waited out for ever",
    plant: () => ({
      fetch: (inner) => (input, init) => {
        const { url, method, headers, body, redirect } = new Request(input, init);
        const stream = body === null ? {} : { body, duplex: "half" as const };
        return inner(new Request(url, { method, headers, redirect, ...stream }));
      },
    }),
  },
  {
    name: "talkative-error",
    what: "an error repeats the headers of its request",
    plant: () => ({
      fetch: (inner) => async (input, init) => {
        const request = new Request(input, init);
        const authorization = request.headers.get("authorization");
        return inner(request).catch((cause: unknown) => {
          throw new TypeError(`fetch failed with ${authorization}`, { cause });
        });
      },
    }),
  },
];
