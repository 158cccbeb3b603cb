import type { Route } from "./server/router.ts";
import type { Services } from "./server/services.ts";
import { instanceRoutes } from "./service/instance-routes.ts";
import { notOffered, projectRoutes } from "./service/project-routes.ts";
import { tableRoutes } from "./service/table-routes.ts";
import { downloadRoutes } from "./tunnel/download-routes.ts";
import { previewRoutes } from "./tunnel/preview-routes.ts";
import { streamRoutes } from "./tunnel/stream/stream-routes.ts";
import { uploadRoutes } from "./tunnel/upload-routes.ts";
import { upsertRoutes } from "./tunnel/upsert/upsert-routes.ts";

/** Everything that can be asked for, more particular routes first. */
export function allRoutes(services: Services): readonly Route[] {
  return [
    ...uploadRoutes(services),
    ...downloadRoutes(services),
    ...streamRoutes(services),
    ...upsertRoutes(services),
    ...previewRoutes(services),
    ...headRoutes(),
    ...instanceRoutes(services),
    ...tableRoutes(services),
    ...projectRoutes(services),
  ];
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
