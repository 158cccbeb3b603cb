import type { Permission } from "../auth/permissions.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "./call.ts";
import type { Reply } from "./reply.ts";

/** How errors are written: the tunnel endpoint answers JSON, the service endpoint XML. */
export type Dialect = "tunnel" | "service";

/** One thing that clients can ask for. */
export interface Route {
  /** What it does, in words: for logs and for rules that match requests. */
  readonly action: string;
  readonly dialect: Dialect;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path below the endpoint; `:name` takes a segment. */
  readonly path: string;
  /** Parameters that must be there, with any value. @default none */
  readonly needs?: readonly string[];
  /** What its sender must be allowed in the path's project. @default "read" for GET, "write" for the others */
  readonly permission?: Permission;
  handle(call: Call): Reply | Promise<Reply>;
}

/** What the sender of a request to this route must be allowed. */
export function permissionOf({ method, permission }: Route): Permission {
  return permission ?? (method === "GET" ? "read" : "write");
}

/** A route that matched, with the names its path took. */
export interface Match {
  readonly route: Route;
  readonly names: ReadonlyMap<string, string>;
}

/** Finds the first route that matches; list those that need more parameters first. */
export function createRouter(
  routes: readonly Route[],
): (target: Pick<Call, "method" | "path" | "query">) => Match {
  const compiled = routes.map((route) => ({ route, pattern: route.path.split("/").slice(1) }));
  return ({ method, path, query }) => {
    let pathKnown = false;
    for (const { route, pattern } of compiled) {
      const names = matchPath(pattern, path);
      if (names === undefined) {
        continue;
      }
      pathKnown = true;
      if (route.method === method && (route.needs ?? []).every((name) => query.has(name))) {
        return { route, names };
      }
    }
    throw pathKnown
      ? new Refusal("MethodNotAllowed", `${method} with these parameters is not offered for this resource.`)
      : new Refusal("NoSuchObject", `There is nothing at /${path.join("/")}.`);
  };
}

function matchPath(
  pattern: readonly string[],
  path: readonly string[],
): ReadonlyMap<string, string> | undefined {
  if (pattern.length !== path.length) {
    return undefined;
  }
  const names = new Map<string, string>();
  for (const [index, part] of pattern.entries()) {
    const segment = path[index] ?? "";
    if (part.startsWith(":")) {
      if (segment === "") {
        return undefined;
      }
      names.set(part.slice(1), segment);
    } else if (part !== segment) {
      return undefined;
    }
  }
  return names;
}
