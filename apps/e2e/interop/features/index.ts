import type { Feature } from "../feature.ts";
import { bothWaysFeatures } from "./both-ways.ts";
import { ddlFeatures } from "./ddl.ts";
import { downloadFeatures } from "./download.ts";
import { highLevelFeatures } from "./high-level.ts";
import { queryFeatures } from "./queries.ts";
import { refusalFeatures } from "./refusals.ts";
import { schemaFeatures } from "./schemas.ts";
import { sessionFeatures } from "./sessions.ts";
import { uploadFeatures } from "./upload.ts";

/** Every row of the matrix, in its order. */
export const features: readonly Feature[] = [
  ...ddlFeatures,
  ...uploadFeatures,
  ...downloadFeatures,
  ...refusalFeatures,
  ...highLevelFeatures,
  ...sessionFeatures,
  ...schemaFeatures,
  ...queryFeatures,
  ...bothWaysFeatures,
];
