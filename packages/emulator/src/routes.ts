import type { Route } from "./server/router.ts";
import type { Services } from "./server/services.ts";
import { instanceRoutes } from "./service/instance-routes.ts";
import { notOffered, projectRoutes } from "./service/project-routes.ts";
import { tableRoutes } from "./service/table-routes.ts";
import { downloadRoutes } from "./tunnel/download-routes.ts";
import { streamRoutes } from "./tunnel/stream/stream-routes.ts";
import { tableRoutes as tunnelTableRoutes } from "./tunnel/table-target.ts";
import { uploadRoutes } from "./tunnel/upload-routes.ts";
import { upsertRoutes } from "./tunnel/upsert/upsert-routes.ts";

/** Everything that can be asked for, more particular routes first. */
export function allRoutes(services: Services): readonly Route[] {
  return [
    ...uploadRoutes(services),
    ...downloadRoutes(services),
    ...streamRoutes(services),
    ...upsertRoutes(services),
    ...laterRoutes(),
    ...headRoutes(),
    ...instanceRoutes(services),
    ...tableRoutes(services),
    ...projectRoutes(services),
  ];
}

/** Session kinds of the protocol that are known and not here yet. */
function laterRoutes(): readonly Route[] {
  const kinds = { preview: "Preview" } as const;
  return Object.entries(kinds).flatMap(([below, what]) =>
    (["GET", "POST", "PUT", "DELETE"] as const).flatMap((method) =>
      tunnelTableRoutes(`/${below}`, { action: what.toLowerCase(), method, handle: notOffered(what) }),
    ),
  );
}

/** The first rows of a table as CSV: known, and not here yet. */
function headRoutes(): readonly Route[] {
  return ["/projects/:project", "/projects/:project/schemas/:schema"].map((base) => ({
    action: "read head",
    dialect: "service",
    method: "GET",
    path: `${base}/tables/:table`,
    needs: ["data", "linenum"],
    handle: notOffered("The head of a table as CSV"),
  }));
}
