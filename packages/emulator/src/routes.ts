import type { Route } from "./server/router.ts";
import type { Services } from "./server/services.ts";
import { headRoutes } from "./service/head-routes.ts";
import { instanceRoutes } from "./service/instance-routes.ts";
import { projectRoutes } from "./service/project-routes.ts";
import { schemaRoutes } from "./service/schema-routes.ts";
import { tableRoutes } from "./service/table-routes.ts";
import { downloadRoutes } from "./tunnel/download-routes.ts";
import { instanceDownloadRoutes } from "./tunnel/instance-download-routes.ts";
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
    ...headRoutes(services),
    ...instanceDownloadRoutes(services),
    ...instanceRoutes(services),
    ...tableRoutes(services),
    ...schemaRoutes(services),
    ...projectRoutes(services),
  ];
}
